import type { TaskOptions } from '#domain/policies.ts';
import { scriptedRig, type RigOptions } from './engine-rig.ts';

/** A flow of one task, `extract`, that fails on the attempts given, and on the others returns its number. */
export const failingTask = (
  options: TaskOptions,
  failures: readonly number[],
  more: RigOptions = {},
) =>
  scriptedRig(
    {
      tasks: { extract: options },
      body: (flow) => flow.call('extract'),
      attempt(attempt) {
        const { attempt: number } = attempt.call;
        if (failures.includes(number)) attempt.throws('x', 'ValueError');
        else attempt.returns(number);
      },
    },
    more,
  );

/** A flow of one task, `extract`, whose attempts the test ends. */
export const openTask = (options: TaskOptions = {}, more: RigOptions = {}) =>
  scriptedRig({ tasks: { extract: options }, body: (flow) => flow.call('extract') }, more);
