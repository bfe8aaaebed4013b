import type { RunView } from '#domain/run-view.ts';
import type { Scenario } from '#domain/scenario.ts';
import type { RunRoute } from './route.ts';

/** What would repeat the run; `selected`: what of it is looked at. */
export function scenarioOf(view: RunView, selected?: RunRoute['selected']): Scenario {
  const { flowId, parameters, overrides, faults, seed, arrivalDay } = view.created;
  const task = view.taskRuns.find(({ name }) => name === selected?.taskRun)?.taskName;
  const seen = selected && task !== undefined ? { view: { task, attempt: selected.attempt } } : {};
  return { flowId, parameters, overrides, faults, seed, arrivalDay, ...seen };
}
