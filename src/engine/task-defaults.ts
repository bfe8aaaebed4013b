import type { Loaded } from '#domain/ports.ts';
import { resolveTaskPolicy, type TaskPolicy } from '#domain/policies.ts';
import type { FlowRunRecord } from '#domain/records.ts';

/** The policy of each task of a loaded program, with the run's overrides; complete and valid. */
export type TaskDefaults = ReadonlyMap<string, TaskPolicy>;

/** @throws BadPolicy naming task and option */
export function taskDefaults(
  loaded: Loaded,
  { overrides, policy }: Pick<FlowRunRecord, 'overrides' | 'policy'>,
): TaskDefaults {
  return new Map(
    loaded.tasks.map(({ name, options, functions }) => [
      name,
      resolveTaskPolicy(name, options, overrides[name] ?? {}, policy, functions),
    ]),
  );
}
