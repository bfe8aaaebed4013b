import type { Page } from '@playwright/test';
import { openBlankPage } from './blank-page.ts';
import { watchLongTasks } from './long-tasks.ts';
import { runNoOps, type NoOpRun } from './no-op-flow.ts';
import type { RawTimes } from './page/raw-indexeddb.ts';
import type { Bench, BenchSite, Measurement, Report } from './report.ts';
import { timedRun } from './timed-run.ts';

const ROUNDS = 5;
const SEQUENCE = { calls: 200, inFlight: 1 };
const AT_ONCE = { calls: 400, inFlight: 100 };
const BUDGET_MS = 3000;

/** Durable transitions a second through the real engine and its workers, and how long a person waits for the built-in flow. */
const bench: Bench = async ({ site }) => {
  const opened = await site();
  const reports = [await measureBuiltInFlow(opened), await measureNoOps(opened)];
  return {
    measurements: reports.flatMap((report) => report.measurements),
    notes: reports.flatMap((report) => report.notes ?? []),
  };
};
export default bench;

async function measureBuiltInFlow(site: BenchSite): Promise<Report> {
  await timedRun(site); // warms the page; reads the corpus
  const longTasks = await watchLongTasks(site.page);
  const runs = [];
  for (let i = 0; i < ROUNDS; i++) runs.push(await timedRun(site));
  const long = await longTasks();
  const samples = runs.map((run) => run.ms);
  const blocked = runs.map(({ startedAt, ms }) =>
    long.filter((task) => task.startedAt >= startedAt && task.startedAt < startedAt + ms),
  );
  const longest = blocked.map((tasks) => Math.max(0, ...tasks.map((task) => task.ms)));
  const verdict = Math.max(...samples) <= BUDGET_MS ? 'all within it' : 'not all within it';
  return {
    measurements: [
      { name: 'built-in flow, Run to Finished', unit: 'ms', samples },
      {
        name: 'long tasks of the page in a run',
        unit: 'tasks',
        samples: blocked.map((tasks) => tasks.length),
      },
      { name: 'longest of them', unit: 'ms', samples: longest },
    ],
    notes: [`The budget of the built-in flow is ${BUDGET_MS} ms: ${verdict}.`],
  };
}

async function measureNoOps(site: BenchSite): Promise<Report> {
  const blank = await openBlankPage(site, 'raw-indexeddb');
  const rounds = [];
  await round(site, blank, SEQUENCE); // warms engine, workers and database
  for (let i = 0; i < ROUNDS; i++)
    rounds.push({
      sequence: await round(site, blank, SEQUENCE),
      atOnce: await round(site, blank, AT_ONCE),
    });
  const puts = rounds[0]?.sequence.raw.putsPerTask.toFixed(1) ?? '';
  return {
    measurements: [
      ...throughput(
        'one by one',
        rounds.map(({ sequence }) => sequence),
      ),
      ...latency(
        'one by one',
        rounds.map(({ sequence }) => sequence),
      ),
      firstOf(rounds.map(({ sequence }) => sequence)),
      ...throughput(
        '100 in flight',
        rounds.map(({ atOnce }) => atOnce),
      ),
    ],
    notes: [
      `A task run is 3 durable transitions; IndexedDB alone writes the same records again in 3 transactions, ${puts} puts in all.`,
    ],
  };
}

interface Round {
  readonly engine: NoOpRun;
  readonly raw: RawTimes;
}

async function round(site: BenchSite, blank: Page, load: typeof SEQUENCE): Promise<Round> {
  const engine = await runNoOps(site, load);
  const raw = await blank.evaluate(
    ([id, inFlight]) => globalThis.rawIndexedDb.rewrite(id, inFlight),
    [engine.flowRunId, load.inFlight] as const,
  );
  return { engine, raw };
}

function throughput(how: string, rounds: readonly Round[]): readonly Measurement[] {
  const shape = { unit: 'tasks/s', moreIsBetter: true } as const;
  const baseline = `IndexedDB alone, ${how}`;
  return [
    {
      name: `no-op tasks, ${how}`,
      ...shape,
      samples: rounds.map(({ engine }) => engine.tasksPerSecond),
      baseline,
    },
    { name: baseline, ...shape, samples: rounds.map(({ raw }) => raw.tasksPerSecond) },
  ];
}

function latency(how: string, rounds: readonly Round[]): readonly Measurement[] {
  const unit = 'ms/task';
  const baseline = `IndexedDB alone for a task, ${how}`;
  return [
    {
      name: `a no-op task, ${how}`,
      unit,
      samples: rounds.flatMap(({ engine }) => engine.msPerTask),
      baseline,
    },
    { name: baseline, unit, samples: rounds.flatMap(({ raw }) => raw.msPerTask) },
  ];
}

const firstOf = (rounds: readonly Round[]): Measurement => ({
  name: 'first task of a run, start of its worker included',
  unit: 'ms',
  samples: rounds.map(({ engine }) => engine.firstMs),
});
