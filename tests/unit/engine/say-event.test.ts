import { describe, expect, it } from 'vitest';
import type { Failure } from '#domain/failures.ts';
import type { TaskPolicy } from '#domain/policies.ts';
import { sayEvent } from '#engine/say-event.ts';
import type { TaskInput } from '#engine/task-machine.ts';
import { hash, taskPolicy } from '#tests/support/builders.ts';
import { MachineRun } from '#tests/support/machine-runs.ts';

const valueError: Failure = { kind: 'exception', name: 'ValueError', message: 'x' };
const raises: TaskInput = { kind: 'failed', failure: valueError };

const NAMED = { name: 'splendid-otter', flowName: 'retrain', taskRun: () => undefined };

function said(policy: Partial<TaskPolicy>, ...ends: readonly TaskInput[]): readonly string[] {
  const run = new MachineRun(taskPolicy({ retries: 0, ...policy }));
  run.drive(ends);
  return run.told
    .flatMap(({ body }) => sayEvent(body, NAMED))
    .map(({ level, logger, message }) => `${level} ${logger} - ${message}`);
}

describe('C13 retry logging', () => {
  it('says when the retry starts', () => {
    const policy = { retries: 3, retryDelaysSeconds: [2, 0, 1.5] };
    expect(said(policy, raises, raises, raises).slice(0, 3)).toEqual([
      "INFO Task run 'train-0' - Task run failed with exception: ValueError('x') - Retry 1/3 will start 2 second(s) from now",
      "INFO Task run 'train-0' - Task run failed with exception: ValueError('x') - Retry 2/3 will start immediately",
      "INFO Task run 'train-0' - Task run failed with exception: ValueError('x') - Retry 3/3 will start 1.5 second(s) from now",
    ]);
  });

  it('says that retries are exhausted when there were some', () => {
    expect(said({ retries: 1, retryDelaysSeconds: [0] }, raises, raises).slice(1)).toEqual([
      "ERROR Task run 'train-0' - Task run failed with exception: ValueError('x') - Retries are exhausted",
      "ERROR Task run 'train-0' - Finished in state Failed('ValueError: x')",
    ]);
  });

  it('says the exception alone when there were none', () => {
    expect(said({}, raises)).toEqual([
      "ERROR Task run 'train-0' - Task run failed with exception: ValueError('x')",
      "ERROR Task run 'train-0' - Finished in state Failed('ValueError: x')",
    ]);
  });
});

describe('the log of a run', () => {
  it('says how each task run ended', () => {
    const result = { hash: hash(1), bytes: 1, label: '1' };
    expect(said({}, { kind: 'succeeded', result })).toEqual([
      "INFO Task run 'train-0' - Finished in state Completed()",
    ]);
    expect(said({}, { kind: 'succeeded', result, stateName: 'Rejected' })).toEqual([
      "INFO Task run 'train-0' - Finished in state Rejected(type=COMPLETED)",
    ]);
    expect(said({}, { kind: 'cancelled', reason: 'asked' })).toEqual([
      "INFO Task run 'train-0' - Finished in state Cancelled('asked')",
    ]);
  });

  it('warns of every recovery', () => {
    const lost: TaskInput = { kind: 'lost', cause: 'worker terminated' };
    expect(said({ recoveries: 1 }, lost, lost)).toEqual([
      "WARNING Task run 'train-0' - worker terminated: started again without using a retry (recovery 1 of 1)",
      "ERROR Task run 'train-0' - Finished in state Crashed('The attempt was lost: worker terminated; 1 recoveries are used')",
    ]);
  });

  it('says from where an attempt may resume', () => {
    const run = new MachineRun(taskPolicy());
    run.give({ kind: 'attempt started', resumesAt: 0.4 });
    const lines = run.told.flatMap(({ body }) => sayEvent(body, NAMED));
    expect(lines.map(({ message }) => message)).toEqual([
      'Attempt 1 may resume from the checkpoint at 40 %',
    ]);
  });
});
