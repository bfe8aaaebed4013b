import { expect, test, type Page } from '@playwright/test';
import { expectNoFindings } from '#tests/support/axe.ts';
import { endOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { refuseOtherOrigins } from '#tests/support/origins.ts';

/** One of each, from a task and from the body, with what must not do anything in it. */
const FLOW = `
import { artifact, checkpoint, emitEvent, flow, task } from 'nightshift';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
const pixels = Uint8Array.from(atob(PNG), (one) => one.charCodeAt(0));

const REPORT = \`# Nightly report

The challenger **won**: see [the rules](https://example.org/rules?of=gates) and [this](javascript:alert(1)).

| metric | champion | challenger |
|:-------|---------:|-----------:|
| accuracy | 0.912 | 0.928 |
| loss | 0.31 | 0.27 |

1. read 3,600 reviews
2. trained \\\`30\\\` iterations

> <img src=x onerror="document.title='owned'"> is text.

![a cat](https://example.org/cat.png)

\\\`\\\`\\\`
accuracy = right / all
\\\`\\\`\\\`
\`;

const makes = task({ name: 'makes', retries: 1 }, async () => {
  await artifact.markdown(REPORT, { key: 'report', description: 'What the night came to.' });
  await artifact.table(
    Array.from({ length: 60 }, (_, i) => ({ word: 'word ' + i, weight: i === 3 ? NaN : i / 7, seen: i % 2 === 0 })),
    { key: 'weights' },
  );
  const bar = await artifact.progress(0, { key: 'rows-read' });
  for (let read = 0; read <= 720; read += 90) await bar.update(read / 7.2 * 0.62);
  const from = (await checkpoint.load()) ?? 0;
  await checkpoint.save({ step: 1 }, { progress: 0.5 });
  if (from === 0) throw new Error('source unavailable');
  await emitEvent('model.drifted', { psi: 0.31 });
});

export default flow({ name: 'all-artifacts', logPrints: true }, async () => {
  await makes();
  await artifact.link('https://example.org/a/long/path?with=a&query=1', { text: 'The data card', key: 'data-card' });
  await artifact.image(pixels, { mediaType: 'image/png', alt: 'A green square' });
  const x = Array.from({ length: 30 }, (_, i) => i + 1);
  await artifact.chart(
    {
      kind: 'line',
      x,
      series: {
        train: x.map((n) => 0.2 + 0.5 * Math.exp(-n / 8)),
        'held out': x.map((n) => (n === 12 ? NaN : 0.26 + 0.46 * Math.exp(-n / 9))),
      },
      xLabel: 'iteration',
      yLabel: 'loss',
    },
    { key: 'loss' },
  );
  await artifact.chart(
    {
      kind: 'bar',
      x: ['books', 'dvd', 'electronics', 'kitchen'],
      series: { positive: [420, 380, 510, 470], negative: [380, 410, 290, 330], unsure: [12, 30, -20, 8] },
      yLabel: 'reviews',
    },
    { key: 'reviews-by-domain' },
  );
});`;

async function runOfAll(page: Page) {
  await openWithEngine(page);
  const id = await startedRun(page, { source: FLOW });
  const history = await endOf(page, id);
  expect(history.record.state.name).toBe('Completed');
  return { id, history };
}

const item = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('artifacts of every kind are drawn on the page of the run, and load nothing from elsewhere', async ({
  page,
}) => {
  const others = await refuseOtherOrigins(page);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  const { id } = await runOfAll(page);
  await page.goto(`./#/runs/${id}?tab=artifacts`);
  await expect(page.getByRole('tab', { name: 'Artifacts 10' })).toBeVisible();

  const report = item(page, 'report').last();
  await expect(report.getByText('What the night came to.')).toBeVisible();
  await expect(report.getByRole('heading', { name: 'Nightly report' })).toBeVisible();
  const link = report.getByRole('link', { name: 'the rules' });
  await expect(link).toHaveAttribute('href', 'https://example.org/rules?of=gates');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(report.getByText('(https://example.org/rules?of=gates)')).toBeVisible();
  await expect(report.getByText('[this](javascript:alert(1))')).toBeVisible();
  await expect(report.getByText('<img src=x onerror=')).toBeVisible();
  await expect(report.getByText('[image: a cat, https://example.org/cat.png]')).toBeVisible();
  await expect(report.locator('img, script')).toHaveCount(0);
  await expect(report.getByRole('cell', { name: '0.928' })).toBeVisible();
  await expect(report.getByRole('region', { name: 'Table' })).toHaveAttribute('tabindex', '0');
  await expect(report.getByRole('link', { name: 'makes-0' })).toBeVisible();
  await expect(report.getByText(/, attempt 2/)).toBeVisible();

  const weights = item(page, 'weights').last();
  await expect(weights.getByRole('row')).toHaveCount(21);
  await expect(weights.getByRole('row').nth(4)).toContainText('null');
  await weights.getByRole('button', { name: 'Show them' }).click();
  await expect(weights.getByRole('row')).toHaveCount(61);

  await expect(
    item(page, 'rows-read').last().getByRole('progressbar', { name: 'rows-read' }),
  ).toHaveAttribute('aria-valuetext', '62 %');
  const card = item(page, 'data-card').getByRole('link', { name: 'The data card' });
  await expect(card).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(page.getByText('(https://example.org/a/long/path?with=a&query=1)')).toBeVisible();

  const image = page.getByRole('img', { name: 'A green square' });
  await expect(image).toBeVisible();
  await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(10);
  await expect(page.getByRole('img', { name: /^Line chart of loss over iteration/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Bar chart of reviews, 4 places/ })).toBeVisible();
  await item(page, 'loss').getByText('Show the numbers').click();
  await expect(item(page, 'loss').getByRole('columnheader', { name: 'held out' })).toBeVisible();

  expect(await page.title()).not.toBe('owned');
  expect(problems).toEqual([]);
  expect(others).toEqual([]);
});

test('a run without artifacts says how one is made; one with them tells its events in the log', async ({
  page,
}) => {
  const { history } = await runOfAll(page);
  const said = history.lines.flatMap((line) => (line.kind === 'log' ? [line.message] : []));
  expect(said).toContain(`Event 'model.drifted' {"psi":0.31}`);
  expect(said).toContain('Attempt 2 may resume from the checkpoint at 50 %');
  const none = `import { flow } from 'nightshift';\nexport default flow('none', async () => {});`;
  const empty = await startedRun(page, { source: none });
  await endOf(page, empty);
  await page.goto(`./#/runs/${empty}?tab=artifacts`);
  await expect(page.getByText(/This run made no artifacts/)).toBeVisible();
});

for (const colorScheme of ['dark', 'light'] as const)
  for (const width of [1440, 360])
    test(`artifacts have no accessibility finding in ${colorScheme} at ${width} wide`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      const { id } = await runOfAll(page);
      await page.goto(`./#/runs/${id}?tab=artifacts`);
      await expect(page.getByRole('img', { name: /^Bar chart/ })).toBeVisible();
      await expect(page.getByRole('heading', { name: 'Nightly report' }).first()).toBeVisible();
      await expectNoFindings(page, 'Artifacts');
      const scrolls = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      expect(scrolls).toBe(false);
    });
