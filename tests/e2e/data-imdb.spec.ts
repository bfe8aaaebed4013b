import { expect, test } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { watchLongTasks } from '#tests/bench/long-tasks.ts';
import { watchMainThread } from '#tests/bench/main-thread.ts';
import { endOf, messagesOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { SHARED_DATA, whyNoData } from '#tests/support/shared-data.ts';

const SOURCE = `
import { flow, task } from 'nightshift';
import { loadDataset } from 'nightshift/ml';

const read = task('read', async () => {
  const { train, test } = await loadDataset('imdb');
  const rows = await train.rows();
  return train.count + ' ' + test.count + ' ' + rows.text.length;
});
export default flow({ name: 'read-imdb', logPrints: true }, async () => {
  console.log('read', await read());
});
`;

const why = whyNoData('imdb');

test('@all 50,000 reviews of IMDb come by file without a long task of the page, and stay', async ({
  page,
}) => {
  if (why !== undefined) console.log(`skipped: ${why}`);
  test.skip(why !== undefined, why);
  test.setTimeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'nightshift-imdb-'));
  const file = join(folder, 'imdb.tsv');
  const part = (name: string) => gunzipSync(readFileSync(join(SHARED_DATA, 'imdb', name)));
  writeFileSync(file, Buffer.concat([part('train.tsv.gz'), part('test.tsv.gz')]));
  try {
    await openWithEngine(page, './#/data');
    await expect(page.getByRole('link', { name: 'reviews' })).toBeVisible();
    await page.getByRole('tab', { name: 'File' }).click();
    const longTasks = await watchLongTasks(page);
    const busy = await watchMainThread(page);
    const times = [performance.now()];
    await page.getByLabel('File to import').setInputFiles(file);
    const button = page.getByRole('button', { name: 'Import 50,000 rows' });
    await expect(button).toBeEnabled({ timeout: 60_000 });
    times.push(performance.now());
    await button.click();
    await expect(page.getByText('50,000 rows imported into imdb')).toBeVisible({
      timeout: 120_000,
    });
    times.push(performance.now());
    const [begun = 0, checked = 0, imported = 0] = times;
    const tasks = await longTasks();
    console.log(
      `IMDb: looked at and counted in ${(checked - begun).toFixed(0)} ms, imported in ${(imported - checked).toFixed(0)} ms; ` +
        `main thread busy for ${(1000 * (await busy())).toFixed(0)} ms; ` +
        `tasks over 50 ms: ${JSON.stringify(tasks.map(({ ms }) => ms))}`,
    );
    expect(tasks).toEqual([]);
    await page.goto('./#/data/imdb');
    await page.reload();
    await expect(page.getByText('50,000 rows, 50 % positive')).toBeVisible();
    const history = await endOf(page, await startedRun(page, { source: SOURCE }));
    const said = messagesOf(history).find((line) => line.startsWith('read '));
    const [train = 0, heldOut = 0] = (said ?? '').split(' ').slice(1).map(Number);
    expect(train + heldOut).toBe(50_000);
    expect(history.record.state.name).toBe('Completed');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
