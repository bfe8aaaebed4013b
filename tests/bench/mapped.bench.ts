import { openHeaps, type Heaps } from './heaps.ts';
import { watchMainThread } from './main-thread.ts';
import type { Bench, BenchSite } from './report.ts';
import { traceTasks, type TaskTime } from './task-times.ts';
import { timedRun, type TimedRun } from './timed-run.ts';

const TASKS = 10_000;
const MEGABYTE = 1_048_576;
const BUDGET = { engineMb: 150, taskMs: 50 };
const SAMPLE_EVERY_MS = 250;

/** So many calls of a task that does nothing, all at once. */
const SOURCE = `import { flow, number, task } from 'nightshift';

const nothing = task('nothing', () => undefined);

export default flow(
  { name: 'mapped', parameters: { tasks: number({ default: ${TASKS}, min: 1, max: ${TASKS} }) } },
  async ({ tasks }) => {
    await Promise.all(nothing.map(Array.from({ length: tasks }, (_, i) => i)));
  },
);
`;

/** What ten thousand mapped task runs cost the engine's memory and the page that shows them. */
const bench: Bench = async ({ site }) => {
  const opened = await site();
  await timedRun(opened, { source: SOURCE, parameters: { tasks: 10 } }); // warms engine and workers
  const heaps = await openHeaps(opened);
  const before = await heaps.collected();
  const tasks = await traceTasks(opened.page);
  const busy = await watchMainThread(opened.page);
  const { run, peaks } = await whileSampling(heaps, () => timedRun(opened, { source: SOURCE }));
  const busySeconds = await busy();
  const times = await tasks();
  const long = times.filter(({ ms }) => ms > BUDGET.taskMs);
  const longest = (of: (time: TaskTime) => number) => [Math.max(0, ...times.map(of))];
  const after = await heaps.collected();
  const megabytes = (bytes: number) => [bytes / MEGABYTE];
  const inMb = { unit: 'MB' } as const;
  return {
    measurements: [
      { name: `${TASKS} mapped no-op tasks`, unit: 's', samples: [run.ms / 1000] },
      { name: 'engine heap, most', ...inMb, samples: megabytes(peaks.engine - before.engine) },
      { name: 'engine heap, after it', ...inMb, samples: megabytes(after.engine - before.engine) },
      { name: 'page heap, most', ...inMb, samples: megabytes(peaks.page - before.page) },
      { name: 'page heap, after it', ...inMb, samples: megabytes(after.page - before.page) },
      { name: 'page busy, processor time', unit: 's', samples: [busySeconds] },
      { name: 'long tasks of the page', unit: 'tasks', samples: [long.length] },
      { name: 'longest of them', unit: 'ms', samples: longest(({ ms }) => ms) },
      {
        name: 'longest in processor time',
        unit: 'ms',
        samples: longest(({ processorMs }) => processorMs),
      },
      { name: 'opening the finished run', unit: 'ms', samples: [await timeToOpen(opened, run)] },
    ],
    notes: [
      'Heaps are what was added to the heap of before, buffers included; most: before garbage was collected.',
      `The budget of the engine's heap is ${BUDGET.engineMb} MB, that of a task of the page ${BUDGET.taskMs} ms of processor time: on the clock it shares the cores with the engine and two author workers.`,
    ],
  };
};
export default bench;

async function whileSampling(heaps: Heaps, body: () => Promise<TimedRun>) {
  const peaks = { page: 0, engine: 0 };
  let over = false;
  const sampling = (async () => {
    while (!over) {
      peaks.engine = Math.max(peaks.engine, await heaps.engine());
      peaks.page = Math.max(peaks.page, await heaps.page());
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
    }
  })();
  const run = await body();
  over = true;
  await sampling;
  return { run, peaks };
}

/** From the address to the first row of its timeline. */
async function timeToOpen({ page }: BenchSite, { flowRunId }: TimedRun): Promise<number> {
  const startedAt = performance.now();
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), flowRunId);
  await page.getByText('are not drawn one by one').waitFor();
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  return performance.now() - startedAt;
}
