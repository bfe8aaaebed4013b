import type { Page } from '@playwright/test';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import type { Trained } from './page/models.ts';
import type { Measurement, Report, Table } from './report.ts';
import { accuracy, spread, SPREAD_COLUMNS } from './spread.ts';

const DAYS = [1, 3, 5, 10, 15, 20, 25, 30, 39, 45, 50, 60];
const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const GATE = 0.9;

/** Held-out accuracy of the built-in corpus as its days arrive, over ten seeds of the split; and what training on all takes. */
export async function learningCurve(page: Page): Promise<Report> {
  const found = await inTurn(DAYS, (day) => overSeeds(page, day));
  const seed = `seed ${DEFAULT_SCENARIO.seed}`;
  const gate = `from ${accuracy(GATE)}`;
  return {
    measurements: timesOf(found.at(-1) ?? []),
    tables: [
      {
        title: `Learning curve: held-out accuracy over ${SEEDS.length} seeds of the split`,
        columns: ['day', 'train', 'held out', ...SPREAD_COLUMNS, gate, seed, 'features', 'KB'],
        rows: found.map((trained, i) => rowOf(DAYS[i] ?? 0, trained)),
      },
    ],
  };
}

/** Of the model alone; the flow reports and evaluates as well. */
const timesOf = (trained: readonly Trained[]): readonly Measurement[] => [
  {
    name: 'features of the last day, model alone',
    unit: 'ms',
    samples: trained.map((one) => one.featuresMs),
  },
  { name: 'the iterations on them', unit: 'ms', samples: trained.map((one) => one.iterationsMs) },
];

const overSeeds = (page: Page, day: number): Promise<readonly Trained[]> =>
  inTurn(SEEDS, (seed) =>
    page.evaluate(([day, seed]) => globalThis.models.trainedOn(day, seed), [day, seed] as const),
  );

function rowOf(day: number, trained: readonly Trained[]): readonly (string | number)[] {
  const accuracies = trained.map((one) => one.accuracy);
  const passed = accuracies.filter((one) => one >= GATE).length;
  const shown = trained[SEEDS.indexOf(DEFAULT_SCENARIO.seed)];
  if (!shown) throw new Error(`Seed ${DEFAULT_SCENARIO.seed} is not among the seeds.`);
  const { trainRows, heldOutRows, features, containerBytes } = shown;
  return [
    day,
    trainRows,
    heldOutRows,
    ...spread(accuracies),
    `${passed} of ${SEEDS.length}`,
    accuracy(shown.accuracy),
    features,
    Math.round(containerBytes / 1000),
  ];
}

const CHAMPION_DAY = 39;
const NEW_FROM = 42;
const LAST_DAY = 60;

/** What becomes of the last champion from before the drift, and what training again gains. */
export async function driftTable(page: Page): Promise<Table> {
  const ask = (trainedOn: number) =>
    inTurn(SEEDS, (seed) =>
      page.evaluate((asked) => globalThis.models.drift(asked), { trainedOn, from: NEW_FROM, seed }),
    );
  const [champion, retrained] = [await ask(CHAMPION_DAY), await ask(LAST_DAY)];
  const { rows = 0, heldOutRows = 0 } = champion[0] ?? {};
  const cells = (name: string, count: number, values: readonly number[]) => [
    name,
    count,
    ...spread(values),
  ];
  const heldOut = (found: typeof champion) => found.map((one) => one.heldOutAccuracy);
  return {
    title: `Drift: rows of day ${NEW_FROM} and later, over ${SEEDS.length} seeds of the split`,
    columns: ['model', 'rows', ...SPREAD_COLUMNS],
    rows: [
      cells(
        `champion of day ${CHAMPION_DAY}, all new rows`,
        rows,
        champion.map((one) => one.accuracy),
      ),
      cells(`champion of day ${CHAMPION_DAY}, those held out`, heldOutRows, heldOut(champion)),
      cells(`trained again on day ${LAST_DAY}, those held out`, heldOutRows, heldOut(retrained)),
    ],
  };
}

/** One after another: two trainings at once would measure each other. */
async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
