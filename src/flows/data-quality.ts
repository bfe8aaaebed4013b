import { artifact, flow, number, task, text } from 'nightshift';
import {
  inspectRows,
  loadRows,
  type QualityReport,
  type Rows,
  SentimentModel,
} from 'nightshift/ml';

const load = task('load', (dataset: string, damage: number) => loadRows(dataset, { damage }));

const inspect = task('inspect', (rows: Rows) => inspectRows(rows));

const quarantine = task(
  'quarantine',
  async (rows: Rows, { bad, badShare, reasons }: QualityReport, most: number) => {
    await artifact.table(
      Object.entries(reasons).map(([reason, found]) => ({ reason, rows: found })),
      { key: 'reasons', description: `${bad.length} of ${rows.count} rows should not be used.` },
    );
    if (bad.length > 0)
      await artifact.table(bad.slice(0, 1000), {
        key: 'quarantine',
        description: 'The rows that are left out, each with its reason.',
      });
    if (badShare > most)
      throw new Error(
        `${(badShare * 100).toFixed(1)} % of the rows are bad, and at most ${(most * 100).toFixed(1)} % may be. ` +
          'Look at the quarantine, repair the source, and load it again.',
      );
    return rows.without(bad.map(({ id }) => id));
  },
);

const train = task('train', async (rows: Rows) => SentimentModel.fit((await rows.split()).train));

/** Both are asked the same clean held-out rows: what differs is what they were trained on. */
const compare = task(
  'compare',
  async (clean: Rows, onClean: SentimentModel, onAll: SentimentModel) => {
    const { test } = await clean.split();
    const [without, withBad] = [await onClean.accuracy(test), await onAll.accuracy(test)];
    await artifact.table(
      [
        { 'trained on': 'clean rows only', accuracy: without },
        { 'trained on': 'all rows', accuracy: withBad },
      ],
      { key: 'effect', description: `Accuracy on ${test.count} clean held-out rows.` },
    );
    return `accuracy ${without.toFixed(3)} on clean rows, ${withBad.toFixed(3)} with the bad ones`;
  },
);

export default flow(
  {
    name: 'data-quality',
    logPrints: true,
    parameters: {
      dataset: text({ default: 'reviews' }),
      damage: number({ default: 0.05, min: 0, max: 1 }), // share spoilt on purpose
      mostBad: number({ default: 0.1, min: 0, max: 1 }),
    },
  },
  async ({ dataset, damage, mostBad }) => {
    const rows = await load(dataset, damage);
    const clean = await quarantine(rows, await inspect(rows), mostBad);
    const [onClean, onAll] = await Promise.all([train(clean), train(rows)]);
    console.log(await compare(clean, onClean, onAll));
  },
);
