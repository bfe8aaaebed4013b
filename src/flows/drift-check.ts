import { artifact, emitEvent, flow, integer, task, text } from 'nightshift';
import { detectDrift, type DriftReport, loadRows, type Rows, SentimentModel } from 'nightshift/ml';

const champion = task('champion', async () => {
  const model = await SentimentModel.load('sentiment');
  if (!model) throw new Error('There is no champion to check. Run retrain-sentiment first.');
  return model;
});

/** `until` 0: today. A later day looks at what has not arrived here yet. */
const newest = task('newest', (dataset: string, days: number, until: number) =>
  loadRows(dataset, { newest: days, ...(until > 0 ? { until } : {}) }),
);

const measure = task('measure', (model: SentimentModel, batch: Rows) => detectDrift(model, batch));

const rounded = (value: number): number => Number(value.toFixed(3));

const report = task('report', async ({ measures, words, drifted, rows, summary }: DriftReport) => {
  const measured = measures.filter((one) => one.kind === 'measured');
  await artifact.table(
    measures.map((one) => ({
      measure: one.title,
      value: one.kind === 'measured' ? rounded(one.value) : null,
      'fires above': one.kind === 'measured' ? rounded(one.limit) : null,
      fired: one.fired,
      why: one.reason,
    })),
    { key: 'measures', description: summary },
  );
  if (measured.length > 0)
    await artifact.chart(
      {
        kind: 'bar',
        x: measured.map((one) => one.title),
        series: {
          'share of its limit': measured.map(({ value, limit }) => Math.max(0, value / limit)),
        },
        yLabel: 'value / limit: above 1 it fires',
      },
      { key: 'against-the-limits' },
    );
  await artifact.table(
    words.map(({ word, now, before, known }) => ({
      word,
      'per 10,000 now': rounded(now),
      before: rounded(before),
      known,
    })),
    { key: 'shifted-words', description: 'The words whose frequency moved most.' },
  );
  const fired = measures.filter((one) => one.fired).map(({ name, reason }) => ({ name, reason }));
  if (drifted)
    await emitEvent('drift.detected', { rows, fired, words: words.slice(0, 5).map((w) => w.word) });
  return summary;
});

export default flow(
  {
    name: 'drift-check',
    logPrints: true,
    parameters: {
      dataset: text({ default: 'reviews' }),
      days: integer({ default: 3, min: 1 }),
      until: integer({ default: 0, min: 0 }),
    },
  },
  async ({ dataset, days, until }) => {
    const [model, batch] = await Promise.all([champion(), newest(dataset, days, until)]);
    console.log(await report(await measure(model, batch)));
  },
);
