import { expect, test } from '@playwright/test';
import { refuseOtherOrigins } from '#tests/support/origins.ts';

test('a newcomer sees a recorded run, presses Run, sees the retry, the verdict, and a champion that survives a reload', async ({
  page,
}) => {
  const others = await refuseOtherOrigins(page);
  await page.goto('./');
  await expect(page.getByText(/Recorded run, /)).toBeVisible();
  await expect(page.getByText(/says version 0, shipped with the site/)).toBeVisible();
  await expect(
    page.getByText('Press Run: its data source will fail once, on purpose.'),
  ).toBeVisible();

  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/^Next try in \d/)).toBeVisible();
  await expect(
    page.getByText(/Attempt 1 of extract failed: source unavailable \(injected\)/),
  ).toBeVisible();
  const run = page.getByRole('region', { name: 'Run', exact: true });
  await expect(run.getByText(/promoted to champion v1: 0\.\d+ is above 0\.900/)).toBeVisible();
  await expect(run.getByRole('button', { name: /^extract attempt 1 of 3, failed/ })).toBeVisible();
  await expect(
    run.getByRole('button', { name: /^extract attempt 2 of 3, completed/ }),
  ).toBeVisible();
  await expect(run.getByRole('img', { name: /^After 20 iterations the loss is/ })).toBeVisible();
  await expect(run.getByText(/says champion v1/)).toBeVisible();

  await page.reload();
  await expect(run.getByText(/promoted to champion v1/)).toBeVisible();
  await expect(run.getByText(/says champion v1/)).toBeVisible();
  expect(others).toEqual([]);
});

test('the sentence box says what moved the champion', async ({ page }) => {
  await page.goto('./');
  const box = page.getByRole('textbox', { name: 'Try a sentence' });
  await box.fill('An absolutely wonderful stay, we loved it and will be back');
  await expect(page.getByText(/^Positive, \d+ %/)).toBeVisible();
  await box.fill('Terrible, dirty and rude, never again');
  await expect(page.getByText(/^Negative, \d+ %/)).toBeVisible();
});

test('the gate says no below the threshold, and no champion is made', async ({ page }) => {
  await page.goto('./');
  await page.getByRole('button', { name: 'extract: fail attempt 1', exact: true }).click();
  await page.getByRole('textbox', { name: 'Threshold' }).fill('0.99');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(
    page.getByText(/Rejected by the gate: 0\.\d+ is below 0\.990/).first(),
  ).toBeVisible();
  await expect(page.getByText(/says version 0, shipped with the site/)).toBeVisible();
});
