import { expect, type Page } from '@playwright/test';
import type { RunHistory } from '#domain/engine-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import { foldRunEvents, type RunView } from '#domain/run-view.ts';
import { ended, endOf, historyOf, startedRun } from './console-api.ts';

const SMALL = `
import { flow, task } from 'nightshift';
const add = task('add', (a, b) => a + b);
export default flow('small', async () => { await add(1, 2); });
`;

const END_TIMEOUT_MS = 180_000;

export interface HostileRun {
  readonly view: RunView;
  readonly history: RunHistory;
  /** Longest time between two frames of the page while it ran, in milliseconds. Printed, not judged: machines differ. */
  readonly longestGapMs: number;
}

/**
 * Runs hostile code to its end between two small runs: what the first stored is untouched, and the second completes.
 * @param act what a person does meanwhile
 */
export async function survive(
  page: Page,
  source: string,
  act: (id: FlowRunId) => Promise<void> = async () => undefined,
): Promise<HostileRun> {
  const before = await small(page);
  const gap = await watchFrames(page);
  const id = await startedRun(page, { source });
  await act(id);
  await ended(page, id, END_TIMEOUT_MS);
  const longestGapMs = await gap();
  const history = await historyOf(page, id);
  console.log(`longest gap between frames: ${Math.round(longestGapMs)} ms`);
  await small(page);
  expect(await endOf(page, before.record.id)).toEqual(before);
  return { history, view: viewOf(history), longestGapMs };
}

async function small(page: Page): Promise<RunHistory> {
  const history = await endOf(page, await startedRun(page, { source: SMALL }));
  expect(viewOf(history).state.name).toBe('Completed');
  return history;
}

export function viewOf(history: RunHistory): RunView {
  const view = foldRunEvents(history.events);
  if (!view) throw new Error('The run has no events.');
  return view;
}

/** The failure that the run shows, in words: of its first task run that failed, and of itself. */
export const toldBy = ({ view }: HostileRun): readonly (string | undefined)[] => [
  view.taskRuns.find(({ failure }) => failure)?.state.message,
  view.state.message,
];

async function watchFrames(page: Page): Promise<() => Promise<number>> {
  const watched = await page.evaluateHandle(() => {
    const state = { longest: 0, last: performance.now(), on: true };
    const frame = (now: number): void => {
      state.longest = Math.max(state.longest, now - state.last);
      state.last = now;
      if (state.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return state;
  });
  return () =>
    watched.evaluate((state) => {
      state.on = false;
      return state.longest;
    });
}
