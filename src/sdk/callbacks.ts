import type {
  CallbackAnswer,
  CallbackCall,
  CallbackQuestion,
  CallbackReply,
} from '#domain/author-api.ts';
import type { AuthorHost } from '#domain/author-host.ts';
import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { TaskInputName } from '#domain/ports.ts';
import { showValue } from '#domain/show-value.ts';
import type { FlowDefinition, TaskDefinition } from './definitions.ts';
import type { Hook } from './hooks.ts';
import { LineOutbox } from './line-outbox.ts';
import { flowCallbackHost } from './flow-host.ts';
import { RunState } from './run-state.ts';
import { currentScope } from './scope.ts';
import { taskHost } from './task-host.ts';
import { failureOf, RunFailure } from './thrown.ts';

type Ask<A extends CallbackQuestion['ask']> = Extract<CallbackQuestion, { ask: A }>;

/** What the answers need of the worker. */
export interface CallbackPlace {
  readonly codec: Codec;
  readonly host: HostCaller;
  bind(random: () => number): void;
}

/** Calls a function that the author gave. One that throws gives no answer; the engine decides what that means. */
export async function callBack(
  place: CallbackPlace,
  owner: TaskDefinition | FlowDefinition,
  call: CallbackCall,
): Promise<CallbackReply> {
  const lines = new LineOutbox(place.host);
  const host = hostFor(place, call, lines);
  place.bind(() => host.random());
  const { question, logPrints } = call;
  const upstream = 'upstream' in question ? { upstream: question.upstream } : {};
  try {
    const answer = await currentScope().run(
      { host, codec: place.codec, logPrints, ...upstream },
      () => answerTo(place.codec, owner, call),
    );
    return { ok: true, answer };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  } finally {
    await lines.flush();
  }
}

function hostFor({ host }: CallbackPlace, call: CallbackCall, lines: LineOutbox): AuthorHost {
  return call.task
    ? taskHost({ ...call, ...call.task }, host, lines)
    : flowCallbackHost(call, lines);
}

async function answerTo(
  codec: Codec,
  owner: TaskDefinition | FlowDefinition,
  call: CallbackCall,
): Promise<CallbackAnswer> {
  const { question } = call;
  switch (question.ask) {
    case 'retryConditionFn':
      return mayRetry(owner, question, call);
    case 'taskRunName':
      return taskRunName(owner, codec, question);
    case 'cacheKey':
      return cacheKey(owner, codec, question);
    case 'flowRunName':
      return flowRunName(owner as FlowDefinition, call);
    case 'hook':
      return hook(owner, question, call);
  }
}

async function mayRetry(
  { retryConditionFn }: TaskDefinition,
  { state, failure }: Ask<'retryConditionFn'>,
  { task: called }: CallbackCall,
): Promise<boolean> {
  if (!called) throw new Error('A condition belongs to a task.');
  const { task, taskRunName: taskRun, attempt } = called;
  const error = new RunFailure(failure);
  return (await retryConditionFn?.({ task, taskRun, attempt, state, error })) === true;
}

async function taskRunName(
  { taskRunName: given }: TaskDefinition,
  codec: Codec,
  question: Ask<'taskRunName'>,
): Promise<string> {
  const inputs = inputsOf(codec, question.arguments, question.inputs);
  if (typeof given === 'string') return filled(given, inputs, 'taskRunName');
  return aString(await given?.(Object.fromEntries(inputs)), 'taskRunName');
}

async function flowRunName(
  { flowRunName: given }: FlowDefinition,
  { parameters }: CallbackCall,
): Promise<string> {
  if (typeof given === 'string') return filled(given, Object.entries(parameters), 'flowRunName');
  return aString(await given?.(parameters), 'flowRunName');
}

function aString(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError(`${what} must give a string that is not empty, not ${showValue(value)}.`);
}

async function cacheKey(
  { cacheKeyFn }: TaskDefinition,
  codec: Codec,
  question: Ask<'cacheKey'>,
): Promise<CallbackAnswer> {
  const inputs = inputsOf(codec, question.arguments, question.inputs);
  if (question.asksKey) return keyOf(await cacheKeyFn?.(Object.fromEntries(inputs)));
  const encoded: [string, ArrayBuffer][] = [];
  for (const [name, value] of inputs)
    encoded.push([name, (await codec.encode(value, `The input ${name}`)).bytes]);
  return { inputs: Object.fromEntries(encoded) };
}

function keyOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return aString(value, 'cacheKeyFn');
}

/** The arguments by the names of the parameters they fill, with the defaults that the text gives. */
function inputsOf(
  codec: Codec,
  encoded: ArrayBuffer,
  names: readonly TaskInputName[],
): readonly (readonly [string, unknown])[] {
  const args = codec.decode(encoded) as readonly unknown[];
  const count = Math.max(args.length, names.length);
  return Array.from({ length: count }, (_, i) => inputAt(i, args, names)).filter(
    (one) => one !== undefined,
  );
}

function inputAt(i: number, args: readonly unknown[], names: readonly TaskInputName[]) {
  const last = names.at(-1);
  if (last?.rest && i >= names.length) return undefined;
  const { name = `argument ${i + 1}`, default: otherwise, rest } = names[i] ?? {};
  if (rest) return [name, args.slice(i)] as const;
  return [name, args[i] === undefined ? otherwise : args[i]] as const;
}

/** `{name}` stands for the input of that name. @throws Error naming the inputs there are */
function filled(
  template: string,
  inputs: readonly (readonly [string, unknown])[],
  what: string,
): string {
  const known = new Map(inputs);
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    if (!known.has(name))
      throw new Error(
        `${what} names {${name}}, and there is no such input: there are ${[...known.keys()].join(', ') || 'none'}.`,
      );
    const value = known.get(name);
    return typeof value === 'string' ? value : showValue(value);
  });
}

async function hook(
  owner: TaskDefinition | FlowDefinition,
  { hook: when, index, state, failure }: Ask<'hook'>,
  { task, flowRunName: flowRun }: CallbackCall,
): Promise<null> {
  const hooks: Readonly<Record<string, readonly Hook[] | undefined>> = owner.hooks;
  const error = failure && { error: new RunFailure(failure) };
  await hooks[when]?.[index]?.({
    name: task?.taskRunName ?? flowRun,
    of: owner.name,
    state: new RunState(state, undefined, failure),
    ...error,
  });
  return null;
}
