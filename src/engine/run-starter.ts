import type { Problem, RunRequest, RunStart } from '#domain/engine-api.ts';
import { describeFailure, type Failure } from '#domain/failures.ts';
import { asFlowRunId } from '#domain/ids.ts';
import { runName } from '#domain/names.ts';
import { checkParameters } from '#domain/parameters.ts';
import { BadPolicy, resolveFlowPolicy } from '#domain/policies.ts';
import type { Loaded } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { pending } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import type { FlowRun, MakeFlowRun } from './flow-run.ts';
import { Journal } from './journal.ts';
import type { EnginePorts } from './ports.ts';
import { RunLog } from './run-log.ts';
import { taskDefaults, type TaskDefaults } from './task-defaults.ts';

/** A run that is checked and ready, but not created: its writes may join a commit of someone else's. */
export type PreparedRun =
  | { readonly ok: false; readonly problems: readonly Problem[] }
  | {
      readonly ok: true;
      readonly record: FlowRunRecord;
      readonly writes: readonly Write[];
      /** Call once the writes are durable. */
      launch(): FlowRun;
      /** Call when they could not be written. */
      drop(): void;
    };

/** Compiles, loads and checks a request; what is wrong is told before a run exists. */
export async function prepareRun(
  ports: EnginePorts,
  request: RunRequest,
  arrivalDay: number,
  make: MakeFlowRun,
): Promise<PreparedRun> {
  const compiled = await ports.compiler.compile(request.files);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  const opened = await ports.workers.open(program);
  if (!opened.ok) return { ok: false, problems: [loadProblem(opened.failure)] };
  const { worker, loaded } = opened;
  const checked = checkRequest(request, loaded);
  if (!checked.ok) {
    worker.terminate('worker terminated');
    return checked;
  }
  const record = newRecord(
    ports,
    request,
    loaded,
    program.sourceHash,
    checked.parameters,
    arrivalDay,
  );
  const log = new RunLog(ports, record.id, record.name);
  const created = log.prepare([createdEvent(record, ports.runtime)]);
  const source = {
    sourceHash: program.sourceHash,
    flowId: request.flowId,
    files: request.files,
    storedAt: record.createdAt,
  };
  return {
    ok: true,
    record,
    writes: [
      { store: 'flows', op: 'put', record: source },
      { store: 'flowRuns', op: 'add', record },
      ...created.writes,
    ],
    launch() {
      created.show();
      return make({ program, tasks: checked.tasks, log, journal: new Journal(), worker }, record);
    },
    drop: () => worker.terminate('worker terminated'),
  };
}

type Checked =
  | {
      readonly ok: true;
      readonly parameters: FlowRunRecord['parameters'];
      readonly tasks: TaskDefaults;
    }
  | Extract<RunStart, { ok: false }>;

function checkRequest(request: RunRequest, loaded: Loaded): Checked {
  const parameters = checkParameters(loaded.flow.parameters, request.parameters);
  const problems: Problem[] = [
    ...(parameters.ok ? [] : parameters.problems.map(parameterProblem)),
    ...unknownTasks(request, loaded),
    ...seedProblem(request.seed),
  ];
  const tasks = policies(request, loaded);
  if (!Array.isArray(tasks) && parameters.ok && problems.length === 0)
    return { ok: true, parameters: parameters.parameters, tasks: tasks };
  return { ok: false, problems: [...problems, ...(Array.isArray(tasks) ? tasks : [])] };
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

export function loadProblem(failure: Failure): Problem {
  if (failure.kind === 'lost')
    return { message: `The source could not be loaded: ${failure.cause}. Press Run again.` };
  return {
    message: `${describeFailure(failure).replace(/\.$/, '')}. Mend it and press Run again.`,
    ...('position' in failure && failure.position ? { position: failure.position } : {}),
  };
}

function newRecord(
  ports: EnginePorts,
  request: RunRequest,
  loaded: Loaded,
  sourceHash: FlowRunRecord['sourceHash'],
  parameters: FlowRunRecord['parameters'],
  arrivalDay: number,
): FlowRunRecord {
  return {
    id: asFlowRunId(`fr_${ports.entropy.token()}`),
    name: runName(() => ports.entropy.random()),
    flowId: request.flowId,
    flowName: loaded.flow.name,
    sourceHash,
    parameters,
    overrides: request.overrides,
    faults: request.faults,
    seed: request.seed,
    arrivalDay: request.arrivalDay ?? arrivalDay,
    trigger: request.trigger,
    policy: resolveFlowPolicy(loaded.flow.options),
    state: pending(),
    flowAttempt: 1,
    recoveriesUsed: 0,
    createdAt: ports.clock.now(),
    active: 1,
  };
}

function createdEvent(record: FlowRunRecord, runtime: string) {
  const { id, name, flowId, flowName, sourceHash, parameters, overrides, faults } = record;
  const { seed, arrivalDay, trigger, state } = record;
  return {
    kind: 'flow-run.created',
    flowRunId: id,
    name,
    flowId,
    flowName,
    sourceHash,
    parameters,
    overrides,
    faults,
    seed,
    arrivalDay,
    trigger,
    runtime,
    state,
  } as const;
}
