/** The nine state types of Prefect 3; what a run *is*. The name says it more closely. */
export type StateType =
  | 'SCHEDULED'
  | 'PENDING'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'CRASHED'
  | 'CANCELLING'
  | 'CANCELLED'
  | 'PAUSED';

export interface State {
  readonly type: StateType;
  /** `Completed`, `AwaitingRetry`, `TimedOut`, `Promoted`, ...: the word shown to people. */
  readonly name: string;
  readonly message?: string;
}

/** A state and the instant it was entered (milliseconds since the epoch, logical clock). */
export interface StateEntry extends State {
  readonly at: number;
}

const TERMINAL: ReadonlySet<StateType> = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);

export const isTerminal = (state: { readonly type: StateType }): boolean =>
  TERMINAL.has(state.type);

/** Nothing more will happen: terminal, or never ready because something upstream did not complete. */
export const isOver = (state: State): boolean =>
  isTerminal(state) || (state.type === 'PENDING' && state.name === NOT_READY);

const NOT_READY = 'NotReady';

const state = (type: StateType, name: string, message?: string): State =>
  message === undefined ? { type, name } : { type, name, message };

export const scheduled = (message?: string): State => state('SCHEDULED', 'Scheduled', message);
export const awaitingRetry = (message?: string): State =>
  state('SCHEDULED', 'AwaitingRetry', message);
/** Past its time, and still not begun. */
export const late = (): State => state('SCHEDULED', 'Late');
/** Kept from beginning by a limit; still what it was before. */
export const awaitingSlot = (type: 'SCHEDULED' | 'PENDING'): State =>
  state(type, 'AwaitingConcurrencySlot');
export const pending = (message?: string): State => state('PENDING', 'Pending', message);
export const notReady = (message: string): State => state('PENDING', NOT_READY, message);
export const running = (): State => state('RUNNING', 'Running');
export const retrying = (): State => state('RUNNING', 'Retrying');
/** The flow run waits for a person. */
export const paused = (): State => state('PAUSED', 'Paused');
/** The flow run waits for a person, and no worker waits with it. */
export const suspended = (): State => state('PAUSED', 'Suspended');
/** The task run would start, but its flow run is paused. It is not over: it goes on with the flow run. */
export const held = (): State => state('PAUSED', NOT_READY);
/** The run goes on after its surroundings were lost; no retry was used. */
export const recovering = (message: string): State => state('RUNNING', 'Recovering', message);
export const completed = (name = 'Completed', message?: string): State =>
  state('COMPLETED', name, message);
export const failed = (message: string): State => state('FAILED', 'Failed', message);
export const timedOut = (message: string): State => state('FAILED', 'TimedOut', message);
export const crashed = (message: string): State => state('CRASHED', 'Crashed', message);
export const cancelling = (message?: string): State => state('CANCELLING', 'Cancelling', message);
export const cancelled = (message?: string): State => state('CANCELLED', 'Cancelled', message);

/** `Completed()`, `Promoted(type=COMPLETED)`, `Failed('Upstream ...')`: how log lines name a state, as Prefect does. */
export function describeState(value: State): string {
  const plain = value.name.toUpperCase() === value.type;
  const parts = [
    ...(value.message === undefined ? [] : [`'${value.message}'`]),
    ...(plain ? [] : [`type=${value.type}`]),
  ];
  return `${value.name}(${parts.join(', ')})`;
}
