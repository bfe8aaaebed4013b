import type { Codec } from '#domain/codec.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import type { HostReply, HostRequest } from '#domain/host-api.ts';
import type { FlowCalls } from './scope.ts';
import { RunFailure } from './thrown.ts';

/** What the engine answers to a task call. */
interface CallValue {
  /** `extract-0` */
  readonly taskRun: string;
  readonly bytes: ArrayBuffer;
}

/**
 * The calls of one flow body. They are numbered in the order in which the body makes them: its place in the journal.
 * Encoding is asynchronous, so the number is taken before it.
 */
export class RecordedCalls implements FlowCalls {
  readonly #caller: HostCaller;
  readonly #codec: Codec;
  readonly #origins = new ResultOrigins();
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

  async callTask(task: string, args: readonly unknown[]): Promise<unknown> {
    const call = this.#next++;
    const dependsOn = this.#origins.of(args);
    const encoded = await this.#codec.encode(args, `The arguments of ${task}`);
    const reply = await this.#ask({
      method: 'callTask',
      call,
      task,
      arguments: encoded.bytes,
      dependsOn,
    });
    const { taskRun, bytes } = reply as CallValue;
    const value = this.#codec.decode(bytes);
    this.#origins.remember(value, taskRun);
    return value;
  }

  async sleep(seconds: number): Promise<void> {
    await this.#ask({ method: 'sleep', call: this.#next++, seconds });
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
    else if (depth > 0 && typeof value === 'object' && value !== null)
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
