import type { CallResult } from '#domain/author-api.ts';
import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { HostReply, HostRequest } from '#domain/host-api.ts';
import { CallCredits } from './call-credits.ts';
import { TaskFuture, waitsIn } from './future.ts';
import { RunState } from './run-state.ts';
import type { FlowCalls } from './scope.ts';
import { RunFailure } from './thrown.ts';

/**
 * The calls of one flow body. They are numbered in the order in which the body makes them: its place in the journal.
 * Encoding is asynchronous, so the number is taken before it.
 */
export class RecordedCalls implements FlowCalls {
  readonly #caller: HostCaller;
  readonly #codec: Codec;
  readonly #origins = new ResultOrigins();
  readonly #credits = new CallCredits();
  #next = 0;
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
    const ended = this.#endOf(call, task, args, waitFor, credit).finally(() =>
      this.#credits.giveBack(),
    );
    return new TaskFuture(call, task, ended, (seconds) => this.sleep(seconds));
  }

  async #endOf(
    call: number,
    task: string,
    args: readonly unknown[],
    waitFor: readonly unknown[],
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
    } as const;
    const result = (await this.#ask(request)) as CallResult;
    const value = result.bytes && this.#codec.decode(result.bytes);
    this.#origins.remember(value, result.taskRun);
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
