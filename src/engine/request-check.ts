import type { Problem, RunRequest, RunStart } from '#domain/engine-api.ts';
import { resolveParameters } from '#domain/parameters.ts';
import { BadPolicy, resolveFlowPolicy } from '#domain/policies.ts';
import type { Loaded } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { taskDefaults, type TaskDefaults } from './task-defaults.ts';

export type Checked =
  | {
      readonly ok: true;
      readonly parameters: FlowRunRecord['parameters'];
      readonly tasks: TaskDefaults;
      /** Of the parameters: the run exists, and ends at once. */
      readonly problems?: readonly string[];
    }
  | Extract<RunStart, { ok: false }>;

/** Holds a request against the program it was loaded as, and tells all that is wrong with it, not only the first. */
export function checkRequest(request: RunRequest, loaded: Loaded): Checked {
  const parameters = checkedParameters(request, loaded);
  const problems: Problem[] = [
    ...(parameters.ok ? [] : parameters.problems.map(parameterProblem)),
    ...unknownTasks(request, loaded),
    ...seedProblem(request.seed),
    ...scheduledForProblem(request.scheduledFor),
  ];
  const tasks = policies(request, loaded);
  if (!Array.isArray(tasks) && parameters.ok && problems.length === 0)
    return { ...parameters, tasks };
  return { ok: false, problems: [...problems, ...(Array.isArray(tasks) ? tasks : [])] };
}

/** Where nobody typed them nobody can be told, so a run that the schedule starts exists and says so itself. */
function checkedParameters({ parameters, trigger }: RunRequest, { flow }: Loaded) {
  const check = resolveParameters(flow, parameters);
  if (check.ok || trigger.kind !== 'schedule') return check;
  return { ok: true, parameters, problems: check.problems } as const;
}

function policies(request: RunRequest, loaded: Loaded): TaskDefaults | Problem[] {
  try {
    const policy = resolveFlowPolicy(loaded.flow.options);
    return taskDefaults(loaded, { overrides: request.overrides, policy });
  } catch (error) {
    if (!(error instanceof BadPolicy)) throw error;
    const [, task, option] = /task '(.+)': (\w+)/.exec(error.message) ?? [];
    return [{ message: error.message, ...(task && option ? { field: `${task}.${option}` } : {}) }];
  }
}

function parameterProblem(text: string): Problem {
  const name = text.slice(0, text.indexOf(':'));
  return { message: `${text}. Change it and press Run again.`, field: name };
}

function unknownTasks(request: RunRequest, loaded: Loaded): readonly Problem[] {
  const known = new Set(loaded.tasks.map((task) => task.name));
  const asked = [...Object.keys(request.overrides), ...request.faults.map((fault) => fault.task)];
  const unknown = [...new Set(asked)].filter((name) => !known.has(name));
  return unknown.map((name) => ({
    field: name,
    message: `There is no task '${name}' in this flow: it has ${[...known].join(', ')}. Remove its settings and faults, or rename the task.`,
  }));
}

function seedProblem(seed: number): readonly Problem[] {
  if (Number.isSafeInteger(seed) && seed >= 0) return [];
  return [{ field: 'seed', message: `The seed must be a whole number of 0 or more, not ${seed}.` }];
}

const LAST_INSTANT = 8_640_000_000_000_000;

function scheduledForProblem(instant: number | undefined): readonly Problem[] {
  if (instant === undefined) return [];
  if (Number.isSafeInteger(instant) && instant >= 0 && instant <= LAST_INSTANT) return [];
  const message = `scheduledFor must be an instant in whole milliseconds since 1970, not ${instant}.`;
  return [{ field: 'scheduledFor', message }];
}
