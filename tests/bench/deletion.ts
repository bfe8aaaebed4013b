import { runNoOps } from './no-op-flow.ts';
import type { BenchSite, Measurement, Report } from './report.ts';

const CALLS = 300;
const ROUNDS = 8;
const OLDEST = 10_000;

/** A flow of tasks that do nothing, one after the other, while old runs are deleted: its commits must not wait for that. */
export async function measureDeletion(site: BenchSite, budgetMs: number): Promise<Report> {
  await round(site); // warms engine, workers and database
  const without: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) without.push(await round(site));
  const deletion = deleteOldest(site);
  const during: Round[] = [];
  while (await isDeleting(site)) during.push(await round(site));
  const { markedMs, ms } = await deletion;
  const oldest = OLDEST.toLocaleString('en');
  const measurements = [
    ...compared('a no-op task', (one) => one, without, during),
    ...compared(`longest of ${CALLS} no-op tasks`, (one) => [Math.max(...one)], without, during),
    measured(`until ${oldest} runs are off the list`, [markedMs]),
    measured(`until nothing of ${oldest} runs is left`, [ms]),
  ];
  const [longest, longestWithout] = [during, without].map((rounds) =>
    median(rounds.map((one) => Math.max(...one))),
  );
  const added = (longest ?? NaN) - (longestWithout ?? NaN);
  const most = [during, without].map((rounds) => Math.max(...rounds.flat()));
  return {
    measurements,
    notes: [
      `In the middle round of ${CALLS} tasks the longest took ${longest} ms while ${oldest} runs were deleted and ${longestWithout} ms without: ${added} ms more, where ${budgetMs} ms is the bar. The longest of all took ${most.join(' and ')} ms, of ${during.length} and ${without.length} rounds. A task is 3 durable transitions.`,
    ],
  };
}

/** Milliseconds of each task of a flow run. */
type Round = readonly number[];

const round = async (site: BenchSite): Promise<Round> =>
  (await runNoOps(site, { calls: CALLS, inFlight: 1 })).msPerTask;

function compared(
  name: string,
  pick: (one: Round) => readonly number[],
  without: readonly Round[],
  during: readonly Round[],
): readonly Measurement[] {
  const baseline = `${name}, nothing deleted`;
  return [
    measured(baseline, without.flatMap(pick)),
    { ...measured(`${name}, runs deleted meanwhile`, during.flatMap(pick)), baseline },
  ];
}

const measured = (name: string, samples: readonly number[]): Measurement => ({
  name,
  unit: 'ms',
  samples,
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const isDeleting = (site: BenchSite): Promise<boolean> =>
  site.nightshift.evaluate(async () => globalThis.deleting !== false);

declare global {
  /** In the page. */
  var deleting: boolean | undefined;
}

function deleteOldest(site: BenchSite): Promise<{ markedMs: number; ms: number }> {
  return site.nightshift.evaluate(async ({ engine, onMessage }, oldest) => {
    const startedAt = performance.now();
    let swept = (): void => undefined;
    const done = new Promise<void>((resolve) => (swept = resolve));
    let marked = false;
    onMessage((message) => {
      if (message.kind === 'runs removed' && message.removing === 0 && marked) swept();
    });
    const retained = await engine.retain({ oldest });
    if (!retained.ok || retained.runs !== oldest) throw new Error(JSON.stringify(retained));
    const markedMs = performance.now() - startedAt;
    marked = true;
    if ((await engine.storageUse()).removing > 0) await done;
    globalThis.deleting = false;
    return { markedMs, ms: performance.now() - startedAt };
  }, OLDEST);
}
