import { TO_REFERENCE, type Referable, type Reference } from '#domain/author-host.ts';
import type { Failure } from '#domain/failures.ts';
import type { State, StateType } from '#domain/states.ts';
import { RunFailure } from './thrown.ts';

export interface StateOptions {
  readonly message?: string;
  /** The word shown to people; the type's own when absent. */
  readonly name?: string;
}

/** The state of a run as author code holds it: what `returnState` gives, or one made by hand. */
export class RunState<T = unknown> implements Referable {
  readonly type: StateType;
  readonly name: string;
  readonly message: string | undefined;
  readonly #value: T | undefined;
  readonly #failure: Failure | undefined;

  constructor(state: State, value?: T, failure?: Failure) {
    this.type = state.type;
    this.name = state.name;
    this.message = state.message;
    this.#value = value;
    this.#failure = failure;
  }

  isCompleted(): boolean {
    return this.type === 'COMPLETED';
  }

  isFailed(): boolean {
    return this.type === 'FAILED';
  }

  /** @throws what the run failed with; `PausedRun` for a paused one */
  result(): T {
    if (this.type === 'PAUSED') throw new PausedRun(this.name);
    if (this.#failure) throw new RunFailure(this.#failure);
    if (this.type !== 'COMPLETED') throw new RunFailure(this.#asFailure());
    return this.#value as T;
  }

  get state(): State {
    const { type, name, message } = this;
    return message === undefined ? { type, name } : { type, name, message };
  }

  #asFailure(): Failure {
    return { kind: 'exception', name: this.name, message: this.message ?? this.name };
  }

  /** Crosses as its words: the result stays where it is. */
  async [TO_REFERENCE](): Promise<Reference> {
    return { kind: 'state', label: this.name, data: { ...this.state } };
  }
}

class PausedRun extends Error {
  override readonly name = 'PausedRun';
  constructor(state: string) {
    super(`The run is ${state}: it has no result yet.`);
  }
}

const maker =
  (type: StateType, word: string) =>
  ({ message, name = word }: StateOptions = {}): RunState =>
    new RunState(message === undefined ? { type, name } : { type, name, message });

/** States made by hand: returned from a task or a flow they are taken as they are. */
export const Completed = maker('COMPLETED', 'Completed');
export const Failed = maker('FAILED', 'Failed');
export const Cancelled = maker('CANCELLED', 'Cancelled');
export const Paused = maker('PAUSED', 'Paused');

/**
 * One state for many, as Prefect decides it: cancelled before paused before failed before completed.
 */
export function aggregate(states: readonly State[]): State {
  const total = states.length;
  const count = (...types: readonly StateType[]) =>
    states.filter((one) => types.includes(one.type)).length;
  const told = (number: number, what: string) => `${number}/${total} states ${what}.`;
  const cancelled = count('CANCELLED');
  if (cancelled > 0)
    return { type: 'CANCELLED', name: 'Cancelled', message: told(cancelled, 'cancelled') };
  const paused = count('PAUSED');
  if (paused > 0) return { type: 'PAUSED', name: 'Paused', message: told(paused, 'paused') };
  const failed = count('FAILED', 'CRASHED');
  if (failed > 0) return { type: 'FAILED', name: 'Failed', message: told(failed, 'failed') };
  const open = total - count('COMPLETED');
  if (open > 0) return { type: 'FAILED', name: 'Failed', message: told(open, 'are not final') };
  return { type: 'COMPLETED', name: 'Completed', message: 'All states completed.' };
}
