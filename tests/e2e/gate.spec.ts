import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import {
  endOf,
  messagesOf,
  openWithEngine,
  startRun,
  startedRun,
} from '#tests/support/console-api.ts';

const ONLY_IF_BETTER = { threshold: 0.8, onlyIfBetter: true };

/** A champion of the first days, and a challenger that has seen more of them: the split of both is the same. */
async function challenged(page: Page) {
  await openWithEngine(page);
  const first = await startedRun(page, { parameters: ONLY_IF_BETTER, arrivalDay: 12 });
  const promoted = await endOf(page, first);
  const second = await startedRun(page, { parameters: ONLY_IF_BETTER, arrivalDay: 30 });
  return { promoted, challenger: await endOf(page, second), id: second };
}

test('a gate that asks for a better model compares it with the champion on the same rows', async ({
  page,
}) => {
  const { promoted, challenger, id } = await challenged(page);
  expect(promoted.record.verdict).toMatchObject({ promoted: true, evidence: { against: 'none' } });
  const verdict = challenger.record.verdict;
  expect(verdict).toMatchObject({
    comparison: { version: 1 },
    evidence: { against: { version: 1 } },
  });
  const { onlyChallenger = 0, onlyChampion = 0, difference } = verdict?.comparison ?? {};
  expect(onlyChallenger + onlyChampion).toBeGreaterThan(0);
  expect(difference?.low).toBeLessThanOrEqual(difference?.value ?? NaN);
  expect(verdict?.warnings).toBeUndefined();
  // The list of runs holds no sentences; the events of the run do.
  expect(verdict).not.toHaveProperty('flips');

  await page.goto(`./#/runs/${id}`);
  const panel = page.getByRole('region', { name: 'Quality gate' });
  await expect(panel.getByRole('list', { name: 'Conditions' })).toContainText(
    'accuracy, better than the champion',
  );
  await expect(panel.getByText('Champion v1 on the same reviews')).toBeVisible();
  await expect(panel.getByText(/exact McNemar p/)).toBeVisible();
  await panel.getByText('Show what flipped').click();
  await expect(
    panel.getByText(/^Is (positive|negative)\. Positive, said the champion/).first(),
  ).toBeVisible();

  await panel.getByText('What would it have said before?').click();
  await expect(panel.getByText('2 runs asked a gate; 0 verdicts would differ.')).toBeVisible();
  await expect(panel.getByText(/, as then/).first()).toBeVisible();
  await panel.getByLabel('accuracy, at least').fill('0.999');
  await expect(panel.getByText(/2 runs asked a gate; [12] verdicts? would differ/)).toBeVisible();
});

test('the evaluation of a run is drawn from its artifact', async ({ page }) => {
  await openWithEngine(page);
  const id = await startedRun(page);
  await endOf(page, id);
  await page.goto(`./#/runs/${id}?tab=artifacts`);
  await expect(
    page.getByRole('img', { name: /^ROC curve: the area under it is 0\.\d+/ }),
  ).toBeVisible();
  await expect(page.getByRole('img', { name: /^Precision-recall curve/ })).toBeVisible();
  await expect(
    page.getByRole('img', { name: /^Calibration: the expected error is/ }),
  ).toBeVisible();
  await expect(page.getByRole('row', { name: /^ROC AUC 0\.\d+ 0\.\d+ to 0\.\d+/ })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'domain phones' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Most confident mistakes' })).toBeVisible();
});

const flowOf = (rules: string, decide: string) => `
import { flow, task } from 'nightshift';
import { gate, loadDataset, SentimentModel } from 'nightshift/ml';
const judge = task('judge', async () => {
  const data = await loadDataset('reviews', { until: 3 });
  const model = { scores: (rows) => Array.from(rows.labels, (label) => label - 0.5) };
  return gate(${rules}).decide(${decide});
});
export default flow('judged', () => judge());`;

for (const [what, rules, decide, reason] of [
  [
    'an unknown metric',
    "{ notWorseThan: { metric: 'acuracy' } }",
    'model, undefined, data.test',
    /names the metric "acuracy", which is not measured\. Take one of accuracy/,
  ],
  [
    'a threshold out of range',
    '{ accuracy: { atLeast: 90 } }',
    'model, undefined, data.test',
    /accuracy is a fraction from 0 to 1, and atLeast is 90/,
  ],
  [
    'a slice without rows',
    "{ slices: { 'domain:cars': { accuracy: { atLeast: 0.8 } } } }",
    'model, undefined, data.test',
    /accuracy of domain:cars, and that slice has no rows\. There are domain:/,
  ],
  [
    'training rows',
    '{ accuracy: { atLeast: 0.9 } }',
    'model, undefined, data.train',
    /Give it data\.test/,
  ],
  [
    'a comparison without a champion scored',
    "{ notWorseThan: 'champion' }",
    '{ accuracy: 0.9 }',
    /no champion was scored\. Call decide\(challenger, champion, heldOut\)/,
  ],
] as const)
  test(`a gate says what is wrong with ${what}`, async ({ page }) => {
    await openWithEngine(page);
    const started = await startRun(page, { source: flowOf(rules, decide) });
    if (!started.ok) throw new Error('The run was refused.');
    const history = await endOf(page, started.flowRunId);
    expect(history.record.state.name).toBe('Failed');
    expect(messagesOf(history).join('\n')).toMatch(reason);
  });

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`gate and evaluation have no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      const { id } = await challenged(page);
      await page.goto(`./#/runs/${id}?tab=artifacts`);
      await expect(page.getByRole('img', { name: /^ROC curve/ })).toBeVisible();
      await page.getByText('Show what flipped').click();
      await page.getByText('What would it have said before?').click();
      await expect(page.getByText(/runs asked a gate/)).toBeVisible();
      if (process.env.SHOTS)
        await page.screenshot({
          path: `${process.env.SHOTS}/${colorScheme}-${width}.png`,
          fullPage: true,
        });
      await expectNoFindings(page, 'Gate and evaluation');
      const scrolls = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      expect(scrolls).toBe(false);
    });
