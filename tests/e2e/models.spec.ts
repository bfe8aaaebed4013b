import { expect, test, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { readFile, writeFile } from 'node:fs/promises';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

const SENTENCE = 'The soup was delicious but the waiter was rude';

async function promoted(page: Page, times: number): Promise<void> {
  for (let seed = 1; seed <= times; seed++) {
    const { record } = await endOf(page, await startedRun(page, { seed }));
    expect(record.modelVersion).toBe(seed);
  }
}

const version = (page: Page, n: number) =>
  page
    .getByRole('region', { name: /^Versions of/ })
    .getByRole('row')
    .filter({
      has: page.getByRole('link', { name: `Version ${n}`, exact: true }),
    });

async function downloaded(page: Page, button: string): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return (await downloading).path();
}

/** What the chosen version says of the sentence, word by word. */
async function shares(page: Page): Promise<string> {
  await page.getByLabel('Try a sentence').fill(SENTENCE);
  const details = page.getByText('Every word, and what it added');
  const table = page.getByRole('region', { name: 'What every word added' });
  if (!(await table.isVisible())) await details.click();
  await expect(table.getByRole('row', { name: /^waiter/ })).toBeVisible();
  return table.innerText();
}

test('a rollback with a reason stays after a reload, and the history says why', async ({
  page,
}) => {
  await openWithEngine(page);
  await page.goto('./#/models');
  await expect(page.getByText(/Nothing was promoted here yet/)).toBeVisible();
  await expect(version(page, 0)).toContainText('shipped with the site');
  await promoted(page, 2);
  // Without a reload: the page hears of what runs promote.
  await expect(version(page, 2)).toContainText('Champion');

  await page.getByRole('link', { name: 'Version 2', exact: true }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete v2' }).click();
  await expect(page.getByText(/Version 2 is the champion, so it stays/)).toBeVisible();

  await page.getByRole('button', { name: 'Roll back to v1' }).click();
  const why = page.getByRole('textbox', { name: 'Why' });
  await expect(why).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Write why/)).toBeVisible();
  await why.fill('it says yes to everything');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Rolled back: v1 is the champion again.')).toBeVisible();

  await page.reload();
  await expect(version(page, 1)).toContainText('Champion');
  const history = page.getByRole('region', { name: 'History' }).getByRole('listitem');
  await expect(history.first()).toContainText('Rolled back: champion v2 to v1');
  await expect(history.first()).toContainText('it says yes to everything');
  await expect(history).toHaveCount(3);
  await page.goto('./#/');
  await expect(page.getByText(/says champion v1/)).toBeVisible();

  await page.goto('./#/models/sentiment/2');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete v2' }).click();
  await expect(page.getByText('There is no such model')).toBeVisible();
  await page.goto('./#/models');
  await expect(history.first()).toContainText('v2 deleted');
  await promotedNext(page);
});

/** The number of a deleted version is not given again. */
async function promotedNext(page: Page): Promise<void> {
  const { record } = await endOf(page, await startedRun(page, { seed: 9 }));
  expect(record.modelVersion).toBe(3);
}

test('a model file that is downloaded and imported in another browser answers the same', async ({
  page,
  browser,
}) => {
  await openWithEngine(page);
  await promoted(page, 1);
  await page.goto('./#/models/sentiment/1');
  const said = await shares(page);
  const path = await downloaded(page, 'Download the model file');

  const other = await (await browser.newContext()).newPage();
  await openWithEngine(other, page.url());
  await other.goto(new URL('./#/models', page.url()).href);
  const file = await readFile(path);
  const choose = async (name: string, buffer: Buffer) => {
    const chosen = { name, mimeType: 'application/octet-stream', buffer };
    await other.getByLabel('Model file to import').setInputFiles(chosen);
    await other.getByLabel('Model', { exact: true }).fill('brought');
    await other.getByRole('button', { name: 'Import', exact: true }).click();
  };
  const damaged = Buffer.from(file);
  damaged[damaged.length >> 1]! ^= 1;
  await choose('damaged.nightshift-model', damaged);
  await expect(
    other.getByText(
      /damaged.nightshift-model was not imported: its checksum does not match\. Download or copy it again.*Nothing was changed/,
    ),
  ).toBeVisible();
  await choose('holiday.jpg', Buffer.from('not a model, but a picture'));
  await expect(other.getByText(/holiday.jpg was not imported: it does not begin/)).toBeVisible();
  expect(await other.evaluate(() => globalThis.nightshift?.engine.modelNames())).toEqual([]);

  await choose('sentiment-v1.nightshift-model', file);
  await expect(other.getByText('brought v1 now', { exact: false })).toBeVisible();
  await expect(version(other, 1)).toContainText('sentiment-v1.nightshift-model');
  expect(await shares(other)).toBe(said);
  await other.getByRole('button', { name: 'Promote to champion' }).click();
  await other.getByRole('textbox', { name: 'Why' }).fill('it came well recommended');
  await other.getByRole('button', { name: 'Promote v1' }).click();
  await expect(version(other, 1)).toContainText('Champion');
  await other.context().close();
});

test('the TensorFlow.js files load in a task with tf.loadLayersModel and answer the same', async ({
  page,
}, testInfo) => {
  await openWithEngine(page);
  await promoted(page, 1);
  await page.goto('./#/models/sentiment/1');
  const zip = await readFile(await downloaded(page, 'Download for TensorFlow.js'));
  const files = unzipSync(zip);
  expect(Object.keys(files).sort()).toEqual([
    'README.txt',
    'input.js',
    'model.json',
    'vocabulary.json',
    'weights.bin',
  ]);
  const text = (name: string) => new TextDecoder().decode(files[name]);
  const inputFile = testInfo.outputPath('input.mjs');
  await writeFile(inputFile, text('input.js'));
  const { makeInput } = (await import(inputFile)) as {
    makeInput(texts: readonly string[], vocabulary: unknown): Record<string, unknown>;
  };
  const { indices, scale, columns } = makeInput([SENTENCE], JSON.parse(text('vocabulary.json')));
  const model = JSON.parse(text('model.json')) as Record<string, unknown>;
  const source = `
import { flow, task } from 'nightshift';
import * as tf from '@tensorflow/tfjs';
import { SentimentModel } from 'nightshift/ml';

const compare = task('compare', async () => {
  await tf.setBackend('cpu');
  const { modelTopology, weightsManifest } = ${JSON.stringify(model)};
  const weightData = Uint8Array.from(atob('${Buffer.from(files['weights.bin']!).toString('base64')}'), (c) => c.charCodeAt(0)).buffer;
  const weightSpecs = weightsManifest[0].weights;
  const layers = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const indices = tf.tensor2d(${JSON.stringify([...(indices as Int32Array)])}, [1, ${String(columns)}], 'int32');
  const scale = tf.tensor2d(${JSON.stringify([...(scale as Float32Array)])}, [1, 1]);
  const [theirs] = await (layers.predict([indices, scale]) as tf.Tensor).data();
  const ours = await SentimentModel.load('sentiment');
  const [{ probability }] = await ours.predict(['${SENTENCE}']);
  return Math.abs(theirs - probability);
});

export default flow({ name: 'compare-tfjs', logPrints: true }, async () => {
  console.log('apart by', await compare());
});`;
  const history = await endOf(page, await startedRun(page, { source }));
  const said = history.lines.flatMap((line) => (line.kind === 'log' ? [line.message] : []));
  const line = said.find((one) => one.startsWith('apart by'));
  expect(line, said.join('\n')).toBeDefined();
  expect(Number(line?.split(' ').at(-1))).toBeLessThan(1e-5);
});

test('two versions are compared by what differs, and by a sentence', async ({ page }) => {
  await openWithEngine(page);
  await promoted(page, 2);
  await page.goto('./#/models/sentiment/2');
  await page.getByLabel('Compare with').selectOption('v1');
  await expect(page).toHaveURL(/#\/models\/sentiment\/compare\/1\/2$/);
  const differences = page.getByRole('region', { name: 'Differences' });
  await expect(differences.getByRole('row', { name: /^Seed 1 2/ })).toBeVisible();
  await expect(differences.getByText('Backend')).toHaveCount(0);
  await page.getByRole('switch', { name: 'Show what is the same too' }).click();
  await expect(differences.getByRole('row', { name: /^Backend/ })).toBeVisible();
  await expect(page.getByText('Both were trained by the same source.')).toBeVisible();
  await page.getByLabel('Try a sentence').fill(SENTENCE);
  for (const one of ['v1', 'v2'])
    await expect(
      page.getByRole('row', { name: new RegExp(`^${one} (Posi|Nega)tive, `) }),
    ).toBeVisible();
});

test('an address of a model or version that is not there explains itself', async ({ page }) => {
  await openWithEngine(page, './#/models/nobody');
  await expect(page.getByText('Nothing here is called nobody')).toBeVisible();
  await page.goto('./#/models/sentiment/7');
  await expect(page.getByText('sentiment has no version 7')).toBeVisible();
  await page.getByRole('link', { name: 'See the models' }).click();
  await expect(version(page, 0)).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`models have no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await openWithEngine(page, './#/models');
      await expect(page.getByText('For positive')).toBeVisible();
      await expectNoFindings(page, 'nothing promoted');
      await promoted(page, 2);
      await expect(version(page, 2)).toContainText('Champion');
      await shares(page);
      await page.getByRole('button', { name: 'Roll back to v1' }).click();
      await page.getByRole('button', { name: 'Roll back to v1' }).last().click();
      await expectNoFindings(page, 'a version, and a question');
      const { MODEL_SHOTS } = process.env;
      const shot = (what: string) =>
        MODEL_SHOTS &&
        page.screenshot({
          path: `${MODEL_SHOTS}/${what}-${colorScheme}-${width}.png`,
          fullPage: true,
        });
      await shot('version');
      await page.goto('./#/models/sentiment/compare/1/2');
      await expect(page.getByRole('region', { name: 'Differences' })).toBeVisible();
      await expectNoFindings(page, 'compared');
      await shot('compare');
      const scrolls = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      expect(scrolls).toBe(false);
    });
