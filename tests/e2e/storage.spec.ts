import { expect, test, type Page } from '@playwright/test';
import { endOf, historyOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

async function withoutIndexedDb(page: Page): Promise<void> {
  await page.route('**/assets/engine-*.js', async (route) => {
    const response = await route.fetch();
    const without = `Object.defineProperty(globalThis, 'indexedDB', { value: undefined });`;
    await route.fulfill({ response, body: `${without}\n${await response.text()}` });
  });
}

test('without IndexedDB the pipeline runs, and a banner says that nothing can be kept', async ({
  page,
}) => {
  await withoutIndexedDb(page);
  await openWithEngine(page);
  await expect(
    page.getByText(/nothing can be kept|cannot keep|not be kept/i).first(),
  ).toBeVisible();
  const history = await endOf(page, await startedRun(page));
  expect(history.record.state.name).toBe('Completed');
});

test('without IndexedDB everything can be downloaded, and loaded again after the tab was closed', async ({
  page,
}) => {
  await withoutIndexedDb(page);
  await openWithEngine(page);
  const { record } = await endOf(page, await startedRun(page));
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download everything' }).click();
  const path = await (await downloading).path();
  await page.reload();
  await expect.poll(() => page.evaluate(() => globalThis.nightshift?.engine.runs(1))).toEqual([]);
  await page.getByLabel('File with the state of a Nightshift').setInputFiles(path);
  await expect(page.getByText('1 run came with the file.')).toBeVisible();
  await expect(page.getByText(record.name).first()).toBeVisible();
  const history = await historyOf(page, record.id);
  expect(history.record).toEqual(record);
  const champion = await page.evaluate(() => globalThis.nightshift?.engine.champion('sentiment'));
  expect(champion?.version.lineage.flowRunId).toBe(record.id);
  // And it goes on from there.
  expect((await endOf(page, await startedRun(page))).record.state.name).toBe('Completed');
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
