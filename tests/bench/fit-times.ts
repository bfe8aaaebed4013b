import type { Line } from '#domain/lines.ts';
import type { BenchSite, Measurement } from './report.ts';
import { timedRun } from './timed-run.ts';

/** Fits the same rows again and again in one task worker. The rates differ, or a fit would go on from a checkpoint of the one before. */
const SOURCE = `import { flow, task } from 'nightshift';
import { type Dataset, loadDataset, SentimentModel } from 'nightshift/ml';

const extract = task('extract', () => loadDataset('reviews'));

const train = task('train', async ({ train }: Dataset) => {
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const startedAt = performance.now();
    await SentimentModel.fit(train, { learningRate: 0.15 + i / 1e6 });
    times.push(performance.now() - startedAt);
  }
  return times;
});

export default flow({ name: 'fit-times', logPrints: true }, async () => {
  console.log(JSON.stringify(await train(await extract())));
});
`;

const RUNS = 3;
const LAST_DAY = 60;

interface FitTimes {
  /** Of each fit, from rows to packed model. */
  readonly fits: readonly number[];
  /** Of the iterations of each fit. */
  readonly iterations: readonly number[];
}

/** What a task worker takes to train on the whole built-in corpus, through the real engine. */
export async function fitTimes(site: BenchSite): Promise<readonly Measurement[]> {
  const runs: FitTimes[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await oneRun(site));
  const warm = (pick: (run: FitTimes) => readonly number[]) =>
    runs.flatMap((run) => pick(run).slice(1));
  const rest = (run: FitTimes) => run.fits.map((ms, i) => ms - (run.iterations[i] ?? NaN));
  const measurement = (name: string, samples: readonly number[]) => ({ name, unit: 'ms', samples });
  return [
    measurement(
      'first fit in a new worker, library included',
      runs.flatMap(({ fits }) => fits.slice(0, 1)),
    ),
    measurement(
      'fit in a warm worker',
      warm((run) => run.fits),
    ),
    measurement(
      'of it the iterations',
      warm((run) => run.iterations),
    ),
    measurement('of it features, watching, packing', warm(rest)),
  ];
}

async function oneRun(site: BenchSite): Promise<FitTimes> {
  const { flowRunId } = await timedRun(site, { source: SOURCE, arrivalDay: LAST_DAY });
  const history = await site.nightshift.evaluate(
    ({ engine }, id) => engine.runHistory(id),
    flowRunId,
  );
  const lines = history?.lines ?? [];
  return { fits: printedTimes(lines), iterations: iterationTimes(lines) };
}

function printedTimes(lines: readonly Line[]): readonly number[] {
  const said = lines.flatMap((line) => (line.kind === 'log' ? [line.message] : []));
  return JSON.parse(said.find((message) => message.startsWith('[')) ?? '[]') as number[];
}

/** From the rate that each iteration reports. */
function iterationTimes(lines: readonly Line[]): readonly number[] {
  const [, rows = ''] = /Training on ([\d,]+) rows/.exec(JSON.stringify(lines)) ?? [];
  const count = Number(rows.replaceAll(',', ''));
  const times: number[] = [];
  for (const line of lines) {
    if (line.kind !== 'metric' || line.series !== 'training') continue;
    const ms = (1000 * count) / (line.values['examplesPerSecond'] ?? NaN);
    if (line.step === 1) times.push(ms);
    else times.push((times.pop() ?? NaN) + ms);
  }
  return times;
}
