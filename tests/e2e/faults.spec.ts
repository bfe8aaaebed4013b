import { expect, test, type Page } from '@playwright/test';

async function runWith(page: Page, chip: string): Promise<void> {
  await page.goto('./');
  await page.getByRole('button', { name: 'extract: fail attempt 1', exact: true }).click();
  await page.getByRole('button', { name: chip, exact: true }).click();
  await page.getByRole('button', { name: /^Run/ }).click();
}

const outcome = (page: Page) => page.getByText(/promoted to champion v1/).first();

test('a worker crashed at 40 % is replaced, and training goes on from its checkpoint', async ({
  page,
}) => {
  await runWith(page, 'train: crash the worker at 40 %');
  await expect(outcome(page)).toBeVisible();
  await expect(
    page.getByText(/Going on after iteration \d+ of 20 from a checkpoint/),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /^train attempt 1 .*crashed/ })).toBeVisible();
});

test('a hanging task meets its timeout, and fails when it has no retries', async ({ page }) => {
  await runWith(page, 'train: hang past its timeout');
  await expect(page.getByText(/Task run exceeded timeout of 3 second\(s\)/).first()).toBeVisible();
  await expect(page.getByText(/^Failed: train failed/i).first()).toBeVisible();
});

test('flipped labels make a model that the gate rejects', async ({ page }) => {
  await runWith(page, 'data: flip half the labels');
  await expect(page.getByText(/Rejected by the gate/).first()).toBeVisible();
});

test('killing the engine in the middle of a run loses nothing: it is finished after the reload', async ({
  page,
}) => {
  await page.goto('./');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/^Next try in \d/)).toBeVisible();
  await page.getByRole('button', { name: 'Kill the engine mid-run' }).click();
  await expect(outcome(page)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find in the logs' }).fill('journal');
  await expect(page.getByText(/taken up again from its journal/).first()).toBeVisible();
});

test('a waiting run can be cancelled', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/^Next try in \d/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  const run = page.getByRole('region', { name: 'Run', exact: true });
  await expect(run.getByText('Cancelled').first()).toBeVisible();
});
