import type {
  AuthorWorkerApi,
  CallbackCall,
  CallbackReply,
  FlowCall,
  LoadReply,
  Outcome,
  Program,
  TaskCall,
} from '#domain/author-api.ts';
import type { AuthorHost } from '#domain/author-host.ts';
import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import { definitions, type FlowDefinition, type TaskBook } from './definitions.ts';
import { isFlow } from './flow.ts';
import { RecordedCalls } from './flow-calls.ts';
import { LineOutbox } from './line-outbox.ts';
import { currentScope, type Served } from './scope.ts';
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
    runFlow: async (call) => runFlow(place, program().flow, call),
    runTask: async (call) => runTask(place, program().book, call),
    callBack: async (call) => callBack(place, program().book, call),
  };
}

function theFlow(value: unknown): FlowDefinition {
  if (isFlow(value)) return value;
  throw new Error(
    'The source has no flow. Write `export default flow({ name: ... }, async () => { ... });`.',
  );
}

function described({ flow, book }: LoadedProgram): LoadReply {
  const { name, options, parameters } = flow;
  const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  return {
    ok: true,
    flow: plain({ name, options, parameters }),
    tasks: book.tasks.map(({ name, options, retryConditionFn }) => ({
      ...plain({ name, options }),
      functions: { asksBeforeRetry: retryConditionFn !== undefined },
    })),
  };
}

function loadFailure(thrown: unknown): Extract<LoadReply, { ok: false }>['failure'] {
  const failure = failureOf(thrown);
  if (failure.kind !== 'exception') return failure;
  const { name, message, position } = failure;
  return { kind: 'load', message: `${name}: ${message}`, ...(position ? { position } : {}) };
}

async function runFlow(place: Place, flow: FlowDefinition, call: FlowCall): Promise<Outcome> {
  const lines = new LineOutbox(place.host);
  const calls = new RecordedCalls(place.host, place.codec, call.startedAt);
  const random = seededRandom(call.seed, flow.name, call.flowAttempt);
  place.bind(random, () => calls.now);
  const served = { host: flowHost(call, random, lines), flow: calls, logPrints: call.logPrints };
  const body = async () => (flow.body as (parameters: unknown) => unknown)(call.parameters);
  return settle(place, lines, served, `The result of flow ${flow.name}`, body);
}

async function runTask(place: Place, book: TaskBook, call: TaskCall): Promise<Outcome> {
  const lines = new LineOutbox(place.host);
  const host = taskHost(call, place.host, lines);
  place.bind(() => host.random());
  const served = { host, logPrints: call.logPrints };
  return settle(place, lines, served, `The result of ${call.taskRunName}`, async () => {
    const args = place.codec.decode(call.arguments) as unknown[];
    await strikeAtStart(call);
    const { body } = book.task(call.task);
    return (body as (...args: unknown[]) => unknown)(...args);
  });
}

/** A function that throws gives no answer; the engine decides what that means. */
async function callBack(place: Place, book: TaskBook, call: CallbackCall): Promise<CallbackReply> {
  const lines = new LineOutbox(place.host);
  const host = taskHost(call, place.host, lines);
  place.bind(() => host.random());
  try {
    const { retryConditionFn } = book.task(call.task);
    const { task, taskRunName: taskRun, attempt, state } = call;
    const error = new RunFailure(call.failure);
    const answer = await currentScope().run({ host, logPrints: call.logPrints }, async () =>
      retryConditionFn?.({ task, taskRun, attempt, state, error }),
    );
    return { ok: true, answer: answer === true };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  } finally {
    await lines.flush();
  }
}

/** Runs a body and encodes what it returned; encoding may store large values, so it is part of the call. */
async function settle(
  place: Place,
  lines: LineOutbox,
  served: Served,
  what: string,
  body: () => Promise<unknown>,
): Promise<Outcome> {
  try {
    const { bytes, label } = await currentScope().run(served, async () =>
      place.codec.encode(await body(), what),
    );
    return { ok: true, value: bytes, label };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  } finally {
    await lines.flush();
  }
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

function flowHost(call: FlowCall, random: () => number, lines: LineOutbox): AuthorHost {
  const refuse = (what: string) => (): never => {
    throw new Error(
      `${what} belongs into a task: a flow body may be run again, a finished task is not.`,
    );
  };
  return {
    context: {
      flowRunId: call.flowRunId,
      flowRunName: call.flowRunName,
      parameters: call.parameters,
      seed: call.seed,
    },
    random,
    log: (level, message) => lines.push({ kind: 'log', level, message }),
    metric: (series, step, values) => lines.push({ kind: 'metric', series, step, values }),
    progress: async () => undefined,
    loadCheckpoint: refuse('loadCheckpoint'),
    readSnapshot: refuse('loadDataset'),
    putValue: refuse('Storing a large value'),
    getValue: refuse('Reading a large value'),
    decideGate: refuse('gate().decide'),
    saveModel: refuse('model.save'),
    loadModel: refuse('Loading a model'),
    wasm: refuse('Tensor work'),
  };
}
