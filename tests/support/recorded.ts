import type { RunRequest } from '#domain/engine-api.ts';
import type { Fault } from '#domain/faults.ts';
import { followedRun, type FollowedRun } from '#ui/live/followed-run.ts';
import { SOME_TIME } from './builders.ts';
import { ScriptedRun } from './scripted-run.ts';

/** What the Lab asks for when nothing was changed. */
export const plainRequest: RunRequest = {
  flowId: 'retrain-sentiment',
  files: [{ name: 'flow.ts', text: 'export default flow(() => {});' }],
  parameters: {},
  overrides: {},
  faults: [],
  seed: 7,
  trigger: { kind: 'person' },
};

export const failing = (...attempts: readonly number[]): Fault => ({
  task: 'extract',
  attempts,
  effect: { kind: 'throw' },
});

export const crashing: Fault = { task: 'train', attempts: [1], effect: { kind: 'crash', at: 0.4 } };

export const scripted = (change: Partial<RunRequest> = {}): ScriptedRun =>
  new ScriptedRun({ ...plainRequest, ...change }, 'splendid-otter', SOME_TIME, 1);

/** A scripted run as the page holds it, up to an instant in milliseconds after its creation. */
export function followed(change: Partial<RunRequest> = {}, until?: number): FollowedRun {
  const run = followedRun(scripted(change).history(until));
  if (!run) throw new Error('A scripted run begins with its creation.');
  return run;
}
