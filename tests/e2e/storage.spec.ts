import { expect, test } from '@playwright/test';
import { endOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

test('without IndexedDB the pipeline runs, and a banner says that nothing can be kept', async ({
  page,
}) => {
  await page.route('**/assets/engine-*.js', async (route) => {
    const response = await route.fetch();
    const without = `Object.defineProperty(globalThis, 'indexedDB', { value: undefined });`;
    await route.fulfill({ response, body: `${without}\n${await response.text()}` });
  });
  await openWithEngine(page);
  await expect(
    page.getByText(/nothing can be kept|cannot keep|not be kept/i).first(),
  ).toBeVisible();
  const history = await endOf(page, await startedRun(page));
  expect(history.record.state.name).toBe('Completed');
});

test('a second tab waits for the first, says so, and takes over when that closes', async ({
  context,
  page,
}) => {
  await openWithEngine(page);
  await expect.poll(() => page.evaluate(() => globalThis.nightshift?.engine.runs(1))).toEqual([]);
  const second = await context.newPage();
  await openWithEngine(second);
  await expect(second.getByText(/another tab/i).first()).toBeVisible();
  await page.close();
  await expect(second.getByText(/another tab/i)).toHaveCount(0);
  const history = await endOf(second, await startedRun(second));
  expect(history.record.state.name).toBe('Completed');
});
