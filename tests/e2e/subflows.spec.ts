import { expect, test } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import {
  endOf,
  historyOf,
  messagesOf,
  openWithEngine,
  startedRun,
} from '#tests/support/console-api.ts';

/** Each subflow trains a model of its own and gives it back. */
const source = `
import { flow, integer, sleep, task } from 'nightshift';
import { loadDataset, SentimentModel } from 'nightshift/ml';
const extract = task('extract', () => loadDataset('reviews'));
const train = task('train', ({ train }, iterations) => SentimentModel.fit(train, { iterations }));
const evaluate = task('evaluate', (model, { test }) => model.accuracy(test));
const build = flow({ name: 'build-model', parameters: { iterations: integer({ default: 5 }) } }, async ({ iterations }) => {
  const model = await train(await extract(), iterations);
  await sleep(2);
  return model;
});
export default flow('compare-models', async () => {
  const data = await extract();
  const models = await Promise.all([build(), build({ iterations: '8' })]);
  const refused = await build.returnState({ iterations: 'many' });
  const accuracies = [];
  for (const model of models) accuracies.push(await evaluate(model, data));
  return { accuracies, refused: refused.name };
});
`;

test('a flow that calls flows shows their runs, and each leads to the other', async ({ page }) => {
  await openWithEngine(page);
  const id = await startedRun(page, { source });
  await page.goto(`./#/runs/${id}`);
  const list = page.getByRole('region', { name: 'Subflow runs' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  // Closed in the middle of it: both are taken up by the run that called them.
  await page.reload();
  await page.waitForFunction(() => globalThis.nightshift !== undefined);
  const history = await endOf(page, id);
  expect(history.record.state.name).toBe('Completed');
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await expect(list.getByText('Completed')).toHaveCount(2);
  await expect(list.getByText('Failed')).toHaveCount(1);

  const name = history.record.name;
  const first = list.getByRole('link').first();
  const child = await first.textContent();
  expect(messagesOf(history)).toContain(`Created subflow run '${child}' for flow 'build-model'`);
  await first.click();
  await expect(page.getByRole('heading', { level: 1, name: child ?? '' })).toBeVisible();
  await expect(
    page.getByRole('button', { name: /^train attempt \d of \d, completed/ }),
  ).toBeVisible();
  await page.getByRole('link', { name, exact: true }).click();
  await expect(list).toBeVisible();

  await page.goto('./#/runs');
  await expect(page.getByText(`Called by ${name}`)).toHaveCount(3);
  await page.goto('./');
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  test(`subflow runs have no accessibility finding in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openWithEngine(page);
    const id = await startedRun(page, { source });
    await endOf(page, id);
    const [call] = (await historyOf(page, id)).events.flatMap(({ body }) =>
      body.kind === 'subflow.called' ? [body] : [],
    );
    for (const width of [1440, 360])
      for (const run of [id, call?.flowRunId]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`./#/runs/${run}`);
        await expect(page.getByText(run === id ? 'Subflow runs' : 'Called by')).toBeVisible();
        await expectNoFindings(page, `${width}`, 'all');
      }
  });
