import type { Page } from '@playwright/test';

/** Of each task of the page's main thread: milliseconds on the clock, and of processor time, in which nobody else counts. */
export interface TaskTime {
  readonly ms: number;
  readonly processorMs: number;
}

/** What Chromium's trace says of one thing, times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ph: string;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const RUN_TASK = 'RunTask';
/** The category that holds it. */
const CATEGORY = 'disabled-by-default-devtools.timeline';

/** Call before what is to be watched. @returns reads what ran since, on the busiest main thread of the browser: the page's */
export async function traceTasks(page: Page): Promise<() => Promise<readonly TaskTime[]>> {
  const browser = page.context().browser();
  if (!browser) throw new Error('The page has no browser of its own.');
  await browser.startTracing(page, { categories: ['-*', CATEGORY] });
  return async () => {
    const trace = JSON.parse((await browser.stopTracing()).toString()) as {
      traceEvents: readonly TraceEvent[];
    };
    return busiest(trace.traceEvents);
  };
}

function busiest(events: readonly TraceEvent[]): readonly TaskTime[] {
  const mainThreads = events.filter(({ args }) => args?.name === 'CrRendererMain').map(threadOf);
  const threads = new Map(mainThreads.map((thread) => [thread, [] as TaskTime[]]));
  for (const event of events) {
    const tasks = threads.get(threadOf(event));
    if (event.ph !== 'X' || event.name !== RUN_TASK || !tasks) continue;
    tasks.push({ ms: (event.dur ?? 0) / 1000, processorMs: (event.tdur ?? 0) / 1000 });
  }
  return [...threads.values()].sort((a, b) => total(b) - total(a))[0] ?? [];
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
const total = (tasks: readonly TaskTime[]): number =>
  tasks.reduce((sum, { processorMs }) => sum + processorMs, 0);
