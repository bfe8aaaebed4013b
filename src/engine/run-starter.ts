import type { LoadedFlow } from '#domain/author-api.ts';
import type { Problem, RunRequest, RunStart } from '#domain/engine-api.ts';
import { describeFailure, type Failure } from '#domain/failures.ts';
import { asFlowRunId } from '#domain/ids.ts';
import { runName } from '#domain/names.ts';
import type { Origin } from '#domain/origin.ts';
import { resolveParameters } from '#domain/parameters.ts';
import { BadPolicy, resolveFlowPolicy } from '#domain/policies.ts';
import type { AuthorWorker, Loaded } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { pending, scheduled } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import { ask, callbackContext, nameOf } from './author-functions.ts';
import { transitionFlow, type FlowInput } from './flow-machine.ts';
import type { FlowTransition } from './flow-transition.ts';
import type { FlowRun, MakeFlowRun } from './flow-run.ts';
import { Journal } from './journal.ts';
import type { EnginePorts } from './ports.ts';
import { planReuse, type ReusePlan } from './reuse-plan.ts';
import { Reuse } from './reuse.ts';
import { RunLog } from './run-log.ts';
import { resolveOrigin, type MadeFrom } from './run-origin.ts';
import { taskDefaults, type TaskDefaults } from './task-defaults.ts';

/** A run that is checked and ready, but not created: its writes may join a commit of someone else's. */
export type PreparedRun = { readonly ok: false; readonly problems: readonly Problem[] } | ReadyRun;

export interface ReadyRun {
  readonly ok: true;
  readonly record: FlowRunRecord;
  readonly writes: readonly Write[];
  /** Call once the writes are durable. */
  launch(): FlowRun;
  /** Call when they could not be written. */
  drop(): void;
  /** The same run with this told in the commit that creates it. */
  after(input: FlowInput): ReadyRun;
}

/** Compiles, loads and checks a request; what is wrong is told before a run exists. */
export async function prepareRun(
  ports: EnginePorts,
  asked: RunRequest,
  arrivalDay: number,
  make: MakeFlowRun,
): Promise<PreparedRun> {
  const resolved = await resolveOrigin(ports.store, asked);
  if (!resolved.ok) return resolved;
  const { request, made } = resolved;
  const compiled = await ports.compiler.compile(request.files);
  if (!compiled.ok) return compiled;
  const { program, taskSources } = compiled;
  const opened = await ports.workers.open(program);
  if (!opened.ok) return { ok: false, problems: [loadProblem(opened.failure)] };
  const { worker, loaded } = opened;
  const checked = checkRequest(request, loaded);
  if (!checked.ok) {
    worker.terminate('worker terminated');
    return checked;
  }
  const unnamed = newRecord(
    ports,
    request,
    loaded,
    program.sourceHash,
    checked.parameters,
    arrivalDay,
    made?.origin,
  );
  const named = checked.problems
    ? ({ ok: true, record: unnamed } as const)
    : await withName(ports, unnamed, loaded.flow, worker);
  if (!named.ok) {
    worker.terminate('worker terminated');
    return named;
  }
  const source: Write = {
    store: 'flows',
    op: 'put',
    record: {
      sourceHash: program.sourceHash,
      flowId: request.flowId,
      files: request.files,
      storedAt: unnamed.createdAt,
    },
  };
  const { problems, tasks } = checked;
  const plan = made && planReuse(made.earlier, made.origin, named.record);
  const creation = { ports, source, pending: named.record, problems, worker };
  return ready(creation, undefined, (log, one) => {
    if (made && plan) sayReuse(log, made, plan, one);
    const reuse = new Reuse(ports.store, one, plan);
    const parts = { program, loaded, taskSources, tasks, log, reuse, journal: new Journal() };
    if (one.startsAt === undefined && one.active === 1) return make({ ...parts, worker }, one);
    // It may wait for days: it takes a worker when it starts.
    worker.terminate('worker terminated');
    return make(parts, one);
  });
}

interface Creation {
  readonly ports: EnginePorts;
  readonly source: Write;
  readonly pending: FlowRunRecord;
  /** Of its parameters: it exists, and ends at once. */
  readonly problems: readonly string[] | undefined;
  readonly worker: AuthorWorker;
}

function ready(
  creation: Creation,
  input: FlowInput | undefined,
  make: (log: RunLog, record: FlowRunRecord) => FlowRun,
): ReadyRun {
  const { ports, source, pending, problems, worker } = creation;
  const created = creationOf(pending, ports.runtime, problems);
  const { record, events } = input
    ? transitionFlow(created.record, input, ports.clock.now())
    : { record: created.record, events: [] };
  const log = new RunLog(ports, record);
  const told = log.prepare([...created.events, ...events]);
  return {
    ok: true,
    record,
    writes: [source, { store: 'flowRuns', op: 'add', record }, ...told.writes],
    launch() {
      told.show();
      return make(log, record);
    },
    drop: () => worker.terminate('worker terminated'),
    after: (next) => ready(creation, next, make),
  };
}

/** The name that the author's template or function gives, from the parameters. */
export async function withName(
  ports: EnginePorts,
  record: FlowRunRecord,
  flow: LoadedFlow,
  worker: AuthorWorker,
): Promise<
  { readonly ok: true; readonly record: FlowRunRecord } | Extract<RunStart, { ok: false }>
> {
  if (!flow.functions.asksName) return { ok: true, record };
  const call = {
    ...callbackContext(record),
    logPrints: false,
    question: { ask: 'flowRunName' },
  } as const;
  // There is no run yet that could keep what it prints.
  const reply = await ask(ports.clock, worker, call, async () => ({ ok: true, value: undefined }));
  if (reply.ok) return { ok: true, record: { ...record, name: nameOf(reply.answer) } };
  const why = describeFailure(reply.failure).replace(/\.$/, '');
  return {
    ok: false,
    problems: [{ message: `The run has no name: ${why}. Mend flowRunName and press Run again.` }],
  };
}

/** What a reader of the log must know before the first result is reused. */
function sayReuse(log: RunLog, { origin }: MadeFrom, plan: ReusePlan, run: FlowRunRecord): void {
  const { earlier, nothing } = plan;
  if (origin.kind === 're-run' && origin.from === undefined) return;
  if (nothing !== undefined)
    return log.say('WARNING', `Nothing of ${earlier.name} is reused: ${nothing}`);
  const other = [
    ...(earlier.sourceHash === run.sourceHash ? [] : ['another source']),
    ...(earlier.seed === run.seed ? [] : [`seed ${earlier.seed}`]),
    ...(earlier.arrivalDay === run.arrivalDay ? [] : [`the data of day ${earlier.arrivalDay}`]),
  ];
  if (other.length > 0) log.say('INFO', `What is reused was made with ${other.join(', ')}`);
}

type Checked =
  | {
      readonly ok: true;
      readonly parameters: FlowRunRecord['parameters'];
      readonly tasks: TaskDefaults;
      /** Of the parameters: the run exists, and ends at once. */
      readonly problems?: readonly string[];
    }
  | Extract<RunStart, { ok: false }>;

function checkRequest(request: RunRequest, loaded: Loaded): Checked {
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
  origin: Origin | undefined,
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
    policy: resolveFlowPolicy(loaded.flow.options, undefined, loaded.flow.functions),
    ...startOf(request.scheduledFor),
    flowAttempt: 1,
    recoveriesUsed: 0,
    createdAt: ports.clock.now(),
    active: 1,
    ...(origin ? { origin } : {}),
  };
}

/** A run as it is created: pending, or with what was wrong with its parameters ended at once. */
export function creationOf(
  pending: FlowRunRecord,
  runtime: string,
  problems?: readonly string[],
): FlowTransition {
  const created = createdEvent(pending, runtime);
  if (!problems) return { record: pending, events: [created] };
  const { record, events } = transitionFlow(
    pending,
    { kind: 'refused', problems },
    pending.createdAt,
  );
  return { record, events: [created, ...events] };
}

const startOf = (
  scheduledFor: number | undefined,
): Pick<FlowRunRecord, 'state' | 'scheduledFor' | 'startsAt'> =>
  scheduledFor === undefined
    ? { state: pending() }
    : { state: scheduled(), scheduledFor, startsAt: scheduledFor };

function createdEvent(record: FlowRunRecord, runtime: string) {
  const { id, name, flowId, flowName, sourceHash, parameters, overrides, faults } = record;
  const { seed, arrivalDay, trigger, state, scheduledFor, origin } = record;
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
    ...(scheduledFor === undefined ? {} : { scheduledFor }),
    runtime,
    state,
    ...(origin ? { origin } : {}),
  } as const;
}
