import { TO_REFERENCE, type Referable, type Reference } from '#domain/author-host.ts';
import { RunState } from './run-state.ts';

export interface WaitOptions {
  /** How long to wait at most; for ever when absent. */
  readonly timeoutSeconds?: number;
}

export interface ResultOptions extends WaitOptions {
  /** False: a failure is returned instead of thrown. */
  readonly raiseOnFailure?: boolean;
}

/** A task run that was submitted: await it for its result, or pass it to another task, which then waits for it. */
export class TaskFuture<T> implements PromiseLike<T>, Referable {
  /** Position among the calls of the flow body. */
  readonly call: number;
  readonly taskName: string;
  readonly #ended: Promise<RunState<T>>;
  readonly #sleep: (seconds: number) => Promise<void>;

  constructor(
    call: number,
    taskName: string,
    ended: Promise<RunState<T>>,
    sleep: (seconds: number) => Promise<void>,
  ) {
    this.call = call;
    this.taskName = taskName;
    this.#ended = ended;
    this.#sleep = sleep;
    // Whoever looks at it hears of an engine that is gone; a future that nobody looks at must not.
    ended.catch(() => undefined);
  }

  /** The state the task run ended in, whatever it is. */
  get state(): Promise<RunState<T>> {
    return this.#ended;
  }

  /** Resolves when the task run has ended, or when the time is over. */
  async wait(options: WaitOptions = {}): Promise<void> {
    await this.#within(options.timeoutSeconds);
  }

  /** @throws what the task run failed with; TimeoutError when the time is over */
  async result(options: ResultOptions = {}): Promise<T | Error> {
    const state = await this.#within(options.timeoutSeconds);
    if (!state) throw new TimeoutError(this.taskName, options.timeoutSeconds ?? 0);
    if (options.raiseOnFailure === false) return orError(state);
    return state.result();
  }

  then<A = T, B = never>(
    onResult?: ((value: T) => A | PromiseLike<A>) | null,
    onFailure?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.#ended.then((state) => state.result()).then(onResult, onFailure);
  }

  /** The time is the engine's, and journaled: a replay ends the same way. */
  async #within(seconds: number | undefined): Promise<RunState<T> | undefined> {
    if (seconds === undefined) return this.#ended;
    return Promise.race([this.#ended, this.#sleep(seconds).then(() => undefined)]);
  }

  async [TO_REFERENCE](): Promise<Reference> {
    return futureReference(this, false);
  }
}

function orError<T>(state: RunState<T>): T | Error {
  try {
    return state.result();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
  constructor(task: string, seconds: number) {
    super(`${task} had not ended after ${seconds} second(s).`);
  }
}

/** Gives the exception in place of the result when the task run fails. */
export class AllowFailure<T> implements Referable {
  readonly future: TaskFuture<T>;
  constructor(future: TaskFuture<T>) {
    this.future = future;
  }

  async [TO_REFERENCE](): Promise<Reference> {
    return futureReference(this.future, true);
  }
}

/** Lets a task run though this future failed: it receives the exception. */
export function allowFailure<T>(future: TaskFuture<T>): AllowFailure<T> {
  return new AllowFailure(future);
}

/** Passes a list whole to each of the mapped task runs. */
export class Unmapped<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

export const unmapped = <T>(value: T): Unmapped<T> => new Unmapped(value);

const futureReference = ({ call, taskName }: TaskFuture<unknown>, allowed: boolean): Reference => ({
  kind: 'future',
  label: `result of ${taskName}`,
  data: { call, allowFailure: allowed },
});

export interface Wait {
  readonly call: number;
  readonly allowFailure: boolean;
}

/** The futures in a value, however deep; each once, and allowed only where every mention allows it. */
export function waitsIn(value: unknown): readonly Wait[] {
  const found = new Map<number, boolean>();
  collect(value, found, new Set());
  return [...found].map(([call, allowed]) => ({ call, allowFailure: allowed }));
}

function collect(value: unknown, found: Map<number, boolean>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof TaskFuture) found.set(value.call, false);
  else if (value instanceof AllowFailure)
    found.set(value.future.call, found.get(value.future.call) ?? true);
  else if (value instanceof Map || value instanceof Set || isPlain(value))
    for (const inner of value instanceof Map
      ? value.values()
      : Object.values(value instanceof Set ? [...value] : value))
      collect(inner, found, seen);
}

const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
