import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

const NOTHING = `import { flow } from 'nightshift';
export default flow({ name: 'nothing' }, async () => undefined);
`;

async function withRuns(page: Page, count: number): Promise<void> {
  await openWithEngine(page);
  for (let i = 0; i < count; i++) await endOf(page, await startedRun(page, { source: NOTHING }));
  await page.goto('./#/runs');
  await expect(page.locator('main ol > li')).toHaveCount(count);
}

test('the oldest runs are deleted after a question, and gone after a reload', async ({ page }) => {
  await withRuns(page, 3);
  const names = await page.locator('main ol > li .name').allTextContents();
  await page.getByText(/^Storage: 3 runs/).click();
  await page.getByLabel('Delete the oldest').fill('2');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('The oldest 2 runs will be deleted.')).toBeFocused();
  await page.getByRole('button', { name: 'Keep them' }).click();
  await expect(page.locator('main ol > li')).toHaveCount(3);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete 2 runs' }).click();
  await expect(page.getByText('2 runs deleted.')).toBeVisible();
  await expect(page.locator('main ol > li')).toHaveCount(1);
  await expect(page.getByText(/^Storage: 1 run,/)).toBeVisible();
  const removing = () =>
    page.evaluate(async () => (await globalThis.nightshift?.engine.storageUse())?.removing);
  await expect.poll(removing).toBe(0);
  await page.reload();
  await expect(page.locator('main ol > li .name')).toHaveText(names.slice(0, 1));
});

test('a number of runs to keep is asked about, kept, and applied after each run', async ({
  page,
}) => {
  await withRuns(page, 2);
  await page.evaluate(() => globalThis.nightshift?.engine.setRetention({ keepRuns: 2 }));
  await endOf(page, await startedRun(page, { source: NOTHING }));
  await expect(page.locator('main ol > li')).toHaveCount(2);
  await page.reload();
  await page.getByText(/^Storage: 2 runs/).click();
  await expect(page.getByLabel('Runs to keep')).toHaveValue('2');
  await page.getByLabel('Runs to keep').selectOption('All runs');
  await expect(page.getByText('All runs are kept.')).toBeVisible();
});

test('everything is downloaded, and loaded again into an empty browser and into this one', async ({
  page,
  browser,
  baseURL,
}) => {
  await withRuns(page, 2);
  await page.getByText(/^Storage: 2 runs/).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download everything' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^nightshift-\d{4}-\d\d-\d\d\.nightshift-state$/);
  const path = await download.path();

  await page.getByLabel('File with the state of a Nightshift').setInputFiles(path);
  await expect(page.getByText('This browser holds 2 runs already.')).toBeVisible();
  await page.getByRole('button', { name: 'Add what is missing' }).click();
  await expect(page.getByText('0 runs came with the file.')).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await openWithEngine(other, baseURL);
  await endOf(other, await startedRun(other, { source: NOTHING }));
  await other.goto(`${baseURL ?? ''}#/runs`);
  await other.getByText(/^Storage: 1 run/).click();
  await other.getByLabel('File with the state of a Nightshift').setInputFiles(path);
  await other.getByRole('button', { name: 'Add what is missing' }).click();
  await expect(other.getByText('2 runs came with the file.')).toBeVisible();
  await expect(other.locator('main ol > li')).toHaveCount(3);
  await context.close();
});

test('a file that is no state is refused with what to do', async ({ page }) => {
  await withRuns(page, 1);
  await page.getByText(/^Storage: 1 run/).click();
  await page.getByLabel('File with the state of a Nightshift').setInputFiles({
    name: 'holiday.nightshift-state',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('not a state'),
  });
  await expect(page.getByText(/This file is no Nightshift state/)).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`the storage place has no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await withRuns(page, 2);
      await page.getByText(/^Storage: 2 runs/).click();
      await expectNoFindings(page, 'Runs');
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await expect(page.getByRole('button', { name: 'Keep them' })).toBeVisible();
      await expectNoFindings(page, 'Runs');
    });
