import type {
  AuthorWorkerApi,
  FlowCall,
  LoadReply,
  Outcome,
  Program,
  TaskCall,
} from '#domain/author-api.ts';
import { assistant, registerReviver, type Reference } from '#domain/author-host.ts';
import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { State } from '#domain/states.ts';
import { callBack } from './callbacks.ts';
import { flowHost } from './flow-host.ts';
import { hookNames } from './hooks.ts';
import { AuthorOutbox } from './author-outbox.ts';
import { definitions, type FlowDefinition, type TaskBook } from './definitions.ts';
import { isFlow } from './flow.ts';
import { RecordedCalls } from './flow-calls.ts';
import { LineOutbox } from './line-outbox.ts';
import { TaskFuture } from './future.ts';
import { aggregate, RunState } from './run-state.ts';
import { currentScope, served, type Served } from './scope.ts';
import { seededRandom } from './seeded-random.ts';
import { taskHost } from './task-host.ts';
import { failureOf, RunFailure } from './thrown.ts';

/** What the runner needs of the place it runs in. */
export interface Place {
  readonly codec: Codec;
  readonly host: HostCaller;
  /** Makes the program's modules known and evaluates the entry; gives its exports. */
  evaluate(program: Program): Promise<{ readonly default?: unknown }>;
  /** Makes chance and time of the worker those of the run. */
  bind(random: () => number, now?: () => number): void;
}

interface LoadedProgram {
  readonly flow: FlowDefinition;
  readonly book: TaskBook;
}

/** The author's side of the `calls` port: loads a program, runs its flow or its tasks. */
export function createRunner(place: Place): AuthorWorkerApi {
  registerReviver('future', (reference) => reviveFuture(place.codec, reference));
  registerReviver('state', ({ data }) => new RunState(data as unknown as State));
  let loaded: LoadedProgram | undefined;
  const program = (): LoadedProgram => {
    if (loaded) return loaded;
    throw new Error('No program was loaded.');
  };
  return {
    async load(program) {
      definitions.open();
      try {
        const flow = theFlow((await place.evaluate(program)).default);
        loaded = { flow, book: definitions.close() };
        return described(loaded);
      } catch (thrown) {
        definitions.close();
        return { ok: false, failure: loadFailure(thrown) };
      }
    },
    runFlow: async (call) => runFlow(place, program().book, call),
    runTask: async (call) => runTask(place, program().book, call),
    callBack: async (call) => {
      const { book } = program();
      return callBack(place, call.task ? book.task(call.task.task) : book.flow(call.flow), call);
    },
    async assist(port) {
      const serve = assistant();
      serve?.(port);
      return serve !== undefined;
    },
  };
}

function theFlow(value: unknown): FlowDefinition {
  if (isFlow(value)) return value;
  throw new Error(
    'The source has no flow. Write `export default flow({ name: ... }, async () => { ... });`.',
  );
}

function described({ flow, book }: LoadedProgram): LoadReply {
  const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const told = ({ name, options, parameters, hooks, flowRunName }: FlowDefinition) => ({
    ...plain({ name, options, parameters }),
    functions: { asksName: flowRunName !== undefined, hooks: hookNames(hooks) },
  });
  return {
    ok: true,
    flow: told(flow),
    flows: book.flows.map(told),
    tasks: book.tasks.map((task) => ({
      ...plain({ name: task.name, options: task.options }),
      functions: {
        asksBeforeRetry: task.retryConditionFn !== undefined,
        asksName: task.taskRunName !== undefined,
        asksCacheKey: task.cacheKeyFn !== undefined,
        hooks: hookNames(task.hooks),
      },
    })),
  };
}

function loadFailure(thrown: unknown): Extract<LoadReply, { ok: false }>['failure'] {
  const failure = failureOf(thrown);
  if (failure.kind !== 'exception') return failure;
  const { name, message, position } = failure;
  return { kind: 'load', message: `${name}: ${message}`, ...(position ? { position } : {}) };
}

async function runFlow(place: Place, book: TaskBook, call: FlowCall): Promise<Outcome> {
  const lines = new LineOutbox(place.host);
  const calls = new RecordedCalls(place.host, place.codec, call.startedAt);
  const random = seededRandom(call.seed, call.flow, call.flowAttempt);
  place.bind(random, () => calls.now);
  const outbox = new AuthorOutbox(place.host, lines, false);
  const host = flowHost(call, random, lines);
  const { codec } = place;
  const here = { host, flow: calls, codec, outbox, logPrints: call.logPrints };
  return settle(place, lines, here, `The result of flow ${call.flow}`, async () => {
    const { body } = book.flow(call.flow);
    const returned = (body as (parameters: unknown) => unknown)(call.parameters);
    // A future is a promise of its result; the state it ended in is asked for, so it is not awaited here.
    return stateOfReturned(returned instanceof TaskFuture ? returned : await returned);
  });
}

async function runTask(place: Place, book: TaskBook, call: TaskCall): Promise<Outcome> {
  const lines = new LineOutbox(place.host);
  const host = taskHost(call, place.host, lines);
  place.bind(() => host.random());
  const outbox = new AuthorOutbox(place.host, lines, true);
  const { codec } = place;
  const here = { host, codec, outbox, logPrints: call.logPrints, upstream: call.upstream };
  return settle(place, lines, here, `The result of ${call.taskRunName}`, async () => {
    const args = place.codec.decode(call.arguments) as unknown[];
    await strikeAtStart(call);
    const { body } = book.task(call.task);
    const value = await (body as (...args: unknown[]) => unknown)(...args);
    return value instanceof RunState ? { value: undefined, state: value.state } : { value };
  });
}

/** Runs a body and encodes what it returned; encoding may store large values, so it is part of the call. */
async function settle(
  place: Place,
  lines: LineOutbox,
  here: Served,
  what: string,
  body: () => Promise<Returned>,
): Promise<Outcome> {
  try {
    return await currentScope().run(here, async () => {
      const { value, state } = await body();
      const { bytes, label } = await place.codec.encode(value, what);
      return { ok: true, value: bytes, label, ...(state ? { state } : {}) };
    });
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  } finally {
    await here.outbox?.flush();
    await lines.flush();
  }
}

/** What a body returned, with the state that it made of it, if it made one. */
interface Returned {
  readonly value: unknown;
  readonly state?: State;
}

/** One state or future decides for itself; a list of nothing else is aggregated; any other value means Completed. */
async function stateOfReturned(value: unknown): Promise<Returned> {
  if (isStateful(value)) {
    const state = await stateOf(value);
    return { value: state.isCompleted() ? state.result() : undefined, state: state.state };
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isStateful)) return { value };
  const states = await Promise.all(value.map(stateOf));
  return { value: undefined, state: aggregate(states.map(({ state }) => state)) };
}

const isStateful = (value: unknown): value is RunState | TaskFuture<unknown> =>
  value instanceof RunState || value instanceof TaskFuture;

const stateOf = async (value: RunState | TaskFuture<unknown>): Promise<RunState> =>
  value instanceof TaskFuture ? value.state : value;

/** In place of a future among the arguments stands what its task run ended with. */
function reviveFuture(codec: Codec, { data }: Reference): unknown {
  const outcome = served()?.upstream?.find((one) => one.call === data.call);
  if (outcome?.value) return codec.decode(outcome.value);
  if (outcome?.failure) return new RunFailure(outcome.failure);
  throw new Error(`The outcome of call ${String(data.call)} was not sent along.`);
}

/** Faults that need no progress strike before the body is entered. */
async function strikeAtStart(call: TaskCall): Promise<void> {
  const effect = call.fault?.effect;
  if (effect?.kind === 'throw') throw new InjectedError('source unavailable');
  if ((effect?.kind === 'hang' || effect?.kind === 'crash') && effect.at === 0)
    await new Promise<never>(() => undefined);
}

/** What an injected failure looks like to the run: an ordinary Error, labelled by the engine. */
class InjectedError extends Error {
  override readonly name = 'Error';
}
