import type { CallResult } from '#domain/author-api.ts';
import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { HostReply, HostRequest } from '#domain/host-api.ts';
import type { Parameters } from '#domain/parameters.ts';
import type { PauseQuestion } from '#domain/pauses.ts';
import { writeParameters } from '#domain/parameter-bytes.ts';
import { CallCredits } from './call-credits.ts';
import { TaskFuture, waitsIn } from './future.ts';
import { RunState } from './run-state.ts';
import type { FlowCalls } from './scope.ts';
import { RunFailure } from './thrown.ts';
import { Transaction, type TransactionCalls, type TransactionOptions } from './transaction.ts';

/**
 * The calls of one flow body. They are numbered in the order in which the body makes them: its place in the journal.
 * Encoding is asynchronous, so the number is taken before it.
 */
export class RecordedCalls implements FlowCalls, TransactionCalls {
  readonly #caller: HostCaller;
  readonly #codec: Codec;
  readonly #origins = new ResultOrigins();
  readonly #credits = new CallCredits();
  #next = 0;
  /** The innermost that is open. */
  #transaction: Transaction | undefined;
  #now: number;

  constructor(caller: HostCaller, codec: Codec, startedAt: number) {
    this.#caller = caller;
    this.#codec = codec;
    this.#now = startedAt;
  }

  /** The instant of the last message that reached the body: the only clock that a replay can repeat. */
  get now(): number {
    return this.#now;
  }

  submit(task: string, args: readonly unknown[], waitFor: readonly unknown[]): TaskFuture<unknown> {
    const credit = this.#credits.take();
    const call = this.#next++;
    const transaction = this.#transaction;
    const ended = this.#endOf(call, task, args, waitFor, transaction, credit).finally(() =>
      this.#credits.giveBack(),
    );
    transaction?.follow(ended);
    return new TaskFuture(call, task, ended, (seconds) => this.sleep(seconds));
  }

  /** @throws TypeError for what cannot be a parameter */
  submitFlow(
    flow: string,
    given: Readonly<Record<string, unknown>> | undefined,
  ): TaskFuture<unknown> {
    const parameters = writeParameters(flow, given);
    const call = this.#next++;
    const ended = this.#stateOf({ method: 'callFlow', call, flow, parameters });
    return new TaskFuture(call, flow, ended, (seconds) => this.sleep(seconds));
  }

  async #stateOf(request: HostRequest): Promise<RunState> {
    const { state, bytes, failure } = (await this.#ask(request)) as CallResult;
    return new RunState(state, bytes && this.#codec.decode(bytes), failure);
  }

  async #endOf(
    call: number,
    task: string,
    args: readonly unknown[],
    waitFor: readonly unknown[],
    transaction: Transaction | undefined,

    credit: Promise<void>,
  ): Promise<RunState> {
    const dependsOn = this.#origins.of(args);
    const waitsFor = waitsIn([args, waitFor]).map((one) => ({ ...one }));
    const bytes = await this.#encoded(call, task, args, credit);
    const request = {
      method: 'callTask',
      call,
      task,
      arguments: bytes,
      dependsOn,
      waitsFor,
      ...(transaction ? { staged: true as const } : {}),
    } as const;
    const result = (await this.#ask(request)) as CallResult;
    const value = result.bytes && this.#codec.decode(result.bytes);
    this.#origins.remember(value, result.taskRun);
    const { type, name, message = name } = result.state;
    await transaction?.taskEnded(call, type === 'COMPLETED', `${result.taskRun}: ${message}`);
    return new RunState(result.state, value, result.failure);
  }

  /** The number of a call that cannot be made is used up all the same: later calls wait for their turn. */
  async #encoded(
    call: number,
    task: string,
    args: readonly unknown[],
    credit: Promise<void>,
  ): Promise<ArrayBuffer> {
    try {
      const { bytes } = await this.#codec.encode(args, `The arguments of ${task}`);
      await credit;
      return bytes;
    } catch (error) {
      await credit;
      await this.#ask({ method: 'sleep', call, seconds: 0 });
      throw error;
    }
  }

  async sleep(seconds: number): Promise<void> {
    const credit = this.#credits.take();
    const call = this.#next++;
    try {
      await credit;
      await this.#ask({ method: 'sleep', call, seconds });
    } finally {
      this.#credits.giveBack();
    }
  }

  async transaction<T>(
    body: (transaction: Transaction) => Promise<T> | T,
    options: TransactionOptions,
  ): Promise<T> {
    const around = this.#transaction;
    const opened = new Transaction(this, options, around);
    this.#transaction = opened;
    try {
      const value = await body(opened);
      if (this.#transaction !== opened)
        throw new Error(
          'A transaction ended while one that was opened after it is still open. Await one before you open the next.',
        );
      this.#transaction = around;
      await opened.leave();
      return value;
    } catch (error) {
      this.#transaction = around;
      await opened.abandon(error);
      throw error;
    }
  }

  async commitTask(task: number): Promise<void> {
    await this.#ask({ method: 'commitTask', call: this.#next++, task });
  }

  async rollBackTask(task: number, why: string): Promise<void> {
    await this.#ask({
      method: 'rollBackTask',
      call: this.#next++,
      task,
      why: why.slice(0, 10_000),
    });
  }

  async pause(question: PauseQuestion): Promise<Parameters | undefined> {
    const answer = await this.#ask({ method: 'pause', call: this.#next++, ...question });
    return question.schema ? (answer as Parameters) : undefined;
  }

  async #ask(request: HostRequest): Promise<unknown> {
    const reply: HostReply = await this.#caller.ask(request);
    this.#now = reply.at;
    if (reply.ok) return reply.value;
    throw new RunFailure(reply.failure);
  }
}

/** Which task run a value came from, so that the graph can be drawn from what really was passed on. */
class ResultOrigins {
  readonly #objects = new WeakMap<object, string>();
  readonly #plain = new Map<unknown, string>();

  remember(value: unknown, taskRun: string): void {
    if (typeof value === 'object' && value !== null) this.#objects.set(value, taskRun);
    else if (isTelling(value)) this.#plain.set(value, taskRun);
  }

  of(args: readonly unknown[]): string[] {
    const found = new Set<string>();
    for (const arg of args) this.#collect(arg, found, 3);
    return [...found];
  }

  #collect(value: unknown, found: Set<string>, depth: number): void {
    const origin =
      typeof value === 'object' && value !== null
        ? this.#objects.get(value)
        : this.#plain.get(value);
    if (origin !== undefined) found.add(origin);
    else if (depth > 0 && typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
      for (const inner of Object.values(value)) this.#collect(inner, found, depth - 1);
  }
}

/** Small whole numbers, short texts and booleans could come from anywhere. */
function isTelling(value: unknown): boolean {
  return (
    (typeof value === 'number' && !Number.isSafeInteger(value)) ||
    (typeof value === 'string' && value.length >= 8)
  );
}
