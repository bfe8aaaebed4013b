import type { Failure } from './failures.ts';
import type { Parameters, ParameterSchema } from './parameters.ts';

/** Characters of a key and a message, and values that one pause may ask for. */
export const PAUSE_LIMITS = { key: 200, message: 2000, fields: 50 } as const;

/** What a flow body asks of a person. */
export interface PauseQuestion {
  /** A question with a key that was answered once in a flow run is not asked again. */
  readonly key?: string;
  readonly message?: string;
  /** The values that are asked for; none when absent. */
  readonly schema?: ParameterSchema;
  /** How long the run waits for the answer; more than 0. */
  readonly timeoutSeconds: number;
  /** True: the workers are ended meanwhile, and the body is entered again from its journal. */
  readonly suspend: boolean;
}

/** What a run that is Paused or Suspended waits for. Instants are milliseconds since the epoch, logical clock. */
export interface OpenPause extends Omit<PauseQuestion, 'timeoutSeconds'> {
  /** Counted from 1 over the flow run. */
  readonly number: number;
  /** Its place among the calls of the flow body. */
  readonly call: number;
  readonly from: number;
  readonly until: number;
}

/** A pause that is over; the list of a run is in the order of their numbers. */
export interface EndedPause {
  readonly key?: string;
  /** Absent when nobody answered in time. */
  readonly answer?: Parameters;
}

/** The first answer to a question with this key. */
export const answerTo = (
  key: string | undefined,
  ended: readonly EndedPause[] | undefined,
): Parameters | undefined =>
  key === undefined ? undefined : ended?.find((one) => one.key === key && one.answer)?.answer;

/** What the body gets instead of an answer. */
export const NEVER_RESUMED: Failure = {
  kind: 'exception',
  name: 'FlowPauseTimeout',
  message: 'The flow run was paused and never resumed',
};
