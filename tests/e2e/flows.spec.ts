import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import type { RunHistory, RunRequest } from '#domain/engine-api.ts';
import { expectNoFindings } from '#tests/support/axe.ts';
import {
  ended,
  endOf,
  historyOf,
  messagesOf,
  openWithEngine,
  startedRun,
} from '#tests/support/console-api.ts';

const FLOWS = [
  'retrain-sentiment',
  'champion-challenger',
  'drift-check',
  'batch-score',
  'data-quality',
  'tfjs-layers',
];

async function run(page: Page, flowId: string, more: Partial<RunRequest> = {}) {
  return endOf(page, await startedRun(page, { flowId, ...more }));
}

const told = (history: RunHistory): readonly string[] => {
  expect(history.record.state.name, messagesOf(history).join('\n')).toBe('Completed');
  return messagesOf(history);
};

const item = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('champion-challenger picks a setting by cross-validation, and lets it meet the champion', async ({
  page,
}) => {
  await openWithEngine(page);
  const lines = told(
    await run(page, 'champion-challenger', { parameters: { threshold: 0.85, folds: 3 } }),
  );
  expect(lines.filter((line) => line.startsWith('Cross-validated accuracy')).length).toBe(4);
  expect(lines).toContainEqual(expect.stringMatching(/^promoted \(acc=0\.\d+\)$/));
  const versions = await page.evaluate(() =>
    globalThis.nightshift?.engine.modelVersions('sentiment'),
  );
  // Kept as challenger, then promoted: one and the same.
  expect(versions?.map(({ version }) => version)).toEqual([1]);
});

test('drift-check wants a champion, is quiet before the new domain, and tells of it after', async ({
  page,
}) => {
  await openWithEngine(page);
  const without = await run(page, 'drift-check');
  expect(without.record.state.name).toBe('Failed');
  expect(messagesOf(without).join('\n')).toContain(
    'There is no champion to check. Run retrain-sentiment first.',
  );
  await run(page, 'retrain-sentiment', { parameters: { threshold: 0.8 } });

  const quiet = await run(page, 'drift-check', { arrivalDay: 39 });
  expect(told(quiet)).toContain('No drift in 155 rows');
  const drifted = await run(page, 'drift-check', { parameters: { until: 45 } });
  expect(told(drifted)).toContainEqual(
    expect.stringMatching(/^Drift: .*unknown words, word frequencies/),
  );
  const event = drifted.events.find(({ body }) => body.kind === 'author.event')?.body;
  expect(event).toMatchObject({ name: 'drift.detected', data: { rows: 198 } });
  expect(quiet.events.some(({ body }) => body.kind === 'author.event')).toBe(false);

  await page.goto(`./#/runs/${drifted.record.id}?tab=artifacts`);
  await expect(item(page, 'measures').getByRole('row')).toHaveCount(6);
  await expect(page.getByRole('img', { name: /^Bar chart of value \/ limit/ })).toBeVisible();
  await expect(
    item(page, 'shifted-words').getByRole('cell', { name: 'app', exact: true }),
  ).toBeVisible();
  await expectNoFindings(page, 'Artifacts of drift-check');
});

test('batch-score offers the scores as a file, which is downloaded as it was made', async ({
  page,
}) => {
  await openWithEngine(page);
  await run(page, 'retrain-sentiment', { parameters: { threshold: 0.8 } });
  const history = await run(page, 'batch-score');
  expect(told(history)).toContainEqual(
    expect.stringMatching(/^1561 rows scored, \d+ positive; 15\d\d of 1561/),
  );
  await page.goto(`./#/runs/${history.record.id}?tab=artifacts`);
  const file = item(page, 'scores');
  await expect(file.getByText('scores-of-reviews.csv')).toBeVisible();
  await expect(file.getByLabel('First lines of')).toContainText(
    'id,label,predicted,probability,text',
  );
  const downloading = page.waitForEvent('download');
  await file.getByRole('button', { name: 'Download scores-of-reviews.csv' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('scores-of-reviews.csv');
  const text = await readFile(await download.path(), 'utf8');
  expect(text.split('\r\n').length).toBe(1561 + 2);
  await expectNoFindings(page, 'Artifacts of batch-score');
});

test('data-quality leaves bad rows out and shows what that does, and fails when they are too many', async ({
  page,
}) => {
  await openWithEngine(page);
  const history = await run(page, 'data-quality');
  const sentence = told(history).find((line) => line.startsWith('accuracy'));
  expect(sentence).toMatch(/^accuracy 0\.\d+ on clean rows, 0\.\d+ with the bad ones$/);
  await page.goto(`./#/runs/${history.record.id}?tab=artifacts`);
  await expect(item(page, 'effect').getByRole('row')).toHaveCount(3);
  await expect(
    item(page, 'quarantine').getByRole('cell', { name: 'empty text' }).first(),
  ).toBeVisible();

  const spoilt = await run(page, 'data-quality', { parameters: { damage: 0.4 } });
  expect(spoilt.record.state.name).toBe('Failed');
  expect(messagesOf(spoilt).join('\n')).toMatch(
    /\d+\.\d % of the rows are bad, and at most 10\.0 % may be\. Look at the quarantine/,
  );
});

test('tfjs-layers learns on wasm, bit for bit the same for a seed', async ({ page }) => {
  await openWithEngine(page);
  const runs = [await run(page, 'tfjs-layers'), await run(page, 'tfjs-layers')];
  const [one, two] = runs.map(told);
  expect(one).toContain('TensorFlow.js on wasm (one thread, SIMD)');
  const epochs = (lines: readonly string[] = []) =>
    lines.filter((line) => line.startsWith('Epoch'));
  expect(epochs(one).length).toBe(6);
  expect(epochs(two)).toEqual(epochs(one));
  const last = one?.find((line) => line.startsWith('A Layers model'));
  expect(Number(last?.split(' ').at(-1))).toBeGreaterThan(0.85);
  const points = runs[0]?.lines.filter((line) => line.kind === 'metric') ?? [];
  expect(points.length).toBe(6);
});

test('the Lab runs the flow that is chosen, with its own source, tasks and parameters', async ({
  page,
}) => {
  await openWithEngine(page);
  const choice = page.getByRole('combobox', { name: 'Flow' });
  await expect(choice.locator('option')).toHaveText(FLOWS);
  await choice.selectOption('data-quality');
  await expect(page.getByRole('textbox', { name: /source/i }).first()).toHaveValue(/inspectRows/);
  await expect(page.getByRole('textbox', { name: 'damage' })).toHaveValue('0.05');
  await expect(page.getByRole('textbox', { name: 'Threshold' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'extract: fail attempt 1' })).toHaveCount(0);
  await page.getByRole('textbox', { name: 'mostBad' }).fill('2');
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByText(/mostBad: 2 is above 1/).first()).toBeVisible();
  await page.getByRole('textbox', { name: 'mostBad' }).fill('0.5');
  await page.getByRole('button', { name: /^Run/ }).click();
  const newest = () =>
    page.evaluate(async () => (await globalThis.nightshift?.engine.runs(1))?.[0]);
  await expect.poll(async () => (await newest())?.flowId).toBe('data-quality');
  const found = await newest();
  if (!found) throw new Error('Nothing runs.');
  await ended(page, found.id);
  expect((await historyOf(page, found.id)).record.parameters).toMatchObject({ mostBad: 0.5 });
  await expect(page.getByText('This flow asks no gate, so the champion stays.')).toBeVisible();
  await expect(page.getByRole('link', { name: /^\d artifacts$/ })).toBeVisible();
  await expectNoFindings(page, 'the Lab with data-quality');

  await page.reload();
  await expect(choice).toHaveValue('data-quality');
  await expect(page.getByRole('textbox', { name: 'mostBad' })).toHaveValue('0.5');
  await choice.selectOption('retrain-sentiment');
  await expect(page.getByRole('textbox', { name: 'Threshold' })).toHaveValue('0.9');
});

test('an edited source stays with its flow', async ({ page }) => {
  await openWithEngine(page);
  const choice = page.getByRole('combobox', { name: 'Flow' });
  const source = page.getByRole('textbox', { name: /source/i }).first();
  await choice.selectOption('drift-check');
  await expect(source).toHaveValue(/detectDrift/);
  await source.fill((await source.inputValue()).replace('default: 3', 'default: 4'));
  await expect(page.getByRole('textbox', { name: 'days' })).toHaveValue('4');
  await choice.selectOption('batch-score');
  await expect(source).toHaveValue(/scoreRows/);
  await page.reload();
  await expect(source).toHaveValue(/scoreRows/);
  await choice.selectOption('drift-check');
  await expect(source).toHaveValue(/default: 4/);
  await page.getByRole('button', { name: 'Back to the built-in source' }).click();
  await expect(source).toHaveValue(/default: 3/);
});

test('a link to another flow opens with it', async ({ page }) => {
  await openWithEngine(
    page,
    './#/s/1.BcExDoAgDAXQu_wZN1k6u3iMBkokYjQtgRDC3X1vIpW3nxGEqDnVLVwSbjh8rPxIFTXQRORhIO8QubJJBUGlZemG5cCquXE5eIB2v34',
  );
  await expect(page.getByText('It changes no model.')).toBeVisible();
  await page.getByRole('button', { name: 'Open in the Lab' }).click();
  await expect(page.getByRole('combobox', { name: 'Flow' })).toHaveValue('drift-check');
  await expect(page.getByRole('textbox', { name: 'days' })).toHaveValue('5');
});
