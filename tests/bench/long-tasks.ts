import type { Page } from '@playwright/test';

/** What kept the page's main thread busy for more than 50 ms at a stretch. */
export interface LongTask {
  /** On the page's `performance` clock. */
  readonly startedAt: number;
  readonly ms: number;
}

/** Call before what is to be watched. @returns reads what was seen so far */
export async function watchLongTasks(page: Page): Promise<() => Promise<readonly LongTask[]>> {
  const seen = await page.evaluateHandle(() => {
    const tasks: { startedAt: number; ms: number }[] = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        tasks.push({ startedAt: startTime, ms: duration });
    }).observe({ type: 'longtask' });
    return tasks;
  });
  return () => seen.jsonValue();
}
