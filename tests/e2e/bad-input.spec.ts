import { expect, test } from '@playwright/test';
import { openWithEngine, startRun } from '#tests/support/console-api.ts';

test('a threshold outside 0 to 1 is refused at its field, and no run is made', async ({ page }) => {
  await openWithEngine(page);
  await page.getByRole('textbox', { name: 'Threshold' }).fill('1.5');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/1\.5.*(above|0 to 1|between)/i).first()).toBeVisible();
  expect(await page.evaluate(() => globalThis.nightshift?.engine.runs(5))).toEqual([]);
});

test('negative retries are refused with what is allowed', async ({ page }) => {
  await openWithEngine(page);
  await page.getByRole('textbox', { name: 'Retries of extract' }).fill('-1');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/whole number/i).first()).toBeVisible();
  expect(await page.evaluate(() => globalThis.nightshift?.engine.runs(5))).toEqual([]);
});

test('a source that does not parse is told at its line', async ({ page }) => {
  await openWithEngine(page);
  const source = page.getByRole('textbox', { name: 'Flow source, TypeScript' });
  await source.fill(
    `import { flow } from 'nightshift';\nexport default flow('x', async () => {\n  const a = ;\n});`,
  );
  await expect(page.getByText(/line 3/i).first()).toBeVisible();
  await page.getByRole('button', { name: /^Run/ }).click();
  expect(await page.evaluate(() => globalThis.nightshift?.engine.runs(5))).toEqual([]);
});

test('a dataset that has not arrived, and one that does not exist, fail with what to do', async ({
  page,
}) => {
  await openWithEngine(page);
  const flowOn = (call: string) => `
import { flow, task } from 'nightshift';
import { loadDataset } from 'nightshift/ml';
const extract = task('extract', () => ${call});
export default flow('reads', async () => { await extract(); });`;
  for (const [call, message] of [
    [`loadDataset('reviews', { until: 0 })`, /day/],
    [`loadDataset('nothing')`, /There is no dataset 'nothing'/],
  ] as const) {
    const start = await startRun(page, { source: flowOn(call) });
    expect(start.ok).toBe(true);
    await expect
      .poll(() =>
        page.evaluate(
          async () => (await globalThis.nightshift?.engine.runs(1))?.[0]?.state.message,
        ),
      )
      .toMatch(message);
  }
});

test('a cron that never comes due, and one that is wrong, are told while typing', async ({
  page,
}) => {
  await openWithEngine(page);
  await page.getByText(/^Schedule: off/).click();
  const cron = page.getByRole('textbox', { name: /cron/i });
  await cron.fill('0 0 30 2 *');
  await expect(page.getByText(/never comes due/)).toBeVisible();
  await cron.fill('0 99 * * *');
  await expect(page.getByText(/hour field "99"/)).toBeVisible();
  await cron.fill('*/15 9-10 * * MON-FRI');
  await expect(page.getByText(/every 15 minutes/i).first()).toBeVisible();
});

test('a damaged link says so and runs nothing', async ({ page }) => {
  await page.goto('./#/s/1.not-a-scenario');
  await expect(page.getByText(/link/i).first()).toBeVisible();
  await expect(page.getByRole('link', { name: /Lab/ }).first()).toBeVisible();
  await page.goto('./#/s/99.abc');
  await expect(page.getByText(/newer/i).first()).toBeVisible();
});

test('an unknown run and an unknown page explain themselves', async ({ page }) => {
  await page.goto('./#/runs/fr_nothing');
  await expect(page.getByText(/fr_nothing/).first()).toBeVisible();
  await page.goto('./#/nowhere');
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
});
