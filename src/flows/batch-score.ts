import { artifact, csv, flow, integer, task, text } from 'nightshift';
import { loadRows, type Rows, type ScoredRow, scoreRows, SentimentModel } from 'nightshift/ml';

const read = task('read', (dataset: string, days: number) =>
  loadRows(dataset, days > 0 ? { newest: days } : {}),
);

const score = task('score', async (rows: Rows) => {
  const model = await SentimentModel.load('sentiment');
  if (!model) throw new Error('There is no champion to score with. Run retrain-sentiment first.');
  return scoreRows(model, rows);
});

const deliver = task('deliver', async (scored: readonly ScoredRow[], dataset: string) => {
  const rows = scored.map(({ id, label, predicted, probability, text }) => ({
    id,
    label,
    predicted,
    probability: Number(probability.toFixed(4)),
    text,
  }));
  await artifact.file(
    {
      name: `scores-of-${dataset.replace(/[^a-z0-9]+/gi, '-')}.csv`,
      mediaType: 'text/csv',
      content: csv(rows),
    },
    {
      key: 'scores',
      description: 'A row for each text: the answer, and how probable "positive" is.',
    },
  );
  const labelled = rows.filter(({ label }) => label !== null);
  const right = labelled.filter(({ label, predicted }) => label === predicted).length;
  const positive = rows.filter(({ predicted }) => predicted === 1).length;
  return labelled.length > 0
    ? `${rows.length} rows scored, ${positive} positive; ${right} of ${labelled.length} labels agree`
    : `${rows.length} rows scored, ${positive} positive; none has a label`;
});

export default flow(
  {
    name: 'batch-score',
    logPrints: true,
    parameters: {
      dataset: text({ default: 'reviews' }),
      days: integer({ default: 0, min: 0 }), // the newest so many; 0: all
    },
  },
  async ({ dataset, days }) => {
    const scored = await score(await read(dataset, days));
    console.log(await deliver(scored, dataset));
  },
);
