import type { StateType } from '#domain/states.ts';

/** What colour means; a hue never means anything else. */
export type Tone = 'neutral' | 'running' | 'success' | 'failed' | 'waiting' | 'gate';

export type StateIconName =
  | 'circle'
  | 'dots'
  | 'ring'
  | 'check'
  | 'recycle'
  | 'cross'
  | 'chip'
  | 'clock'
  | 'hourglass'
  | 'square'
  | 'unlink'
  | 'pause'
  | 'rise'
  | 'bar'
  | 'crown'
  | 'tick';

/** How an area of this state is filled or outlined, for eyes that cannot use the colour. */
export type Pattern =
  'solid' | 'dotted-line' | 'thin-line' | 'open' | 'hatch' | 'dots' | 'cross' | 'torn' | 'cut';

export interface StateLook {
  readonly word: string;
  readonly icon: StateIconName;
  readonly tone: Tone;
  readonly pattern: Pattern;
}

const look = (word: string, icon: StateIconName, tone: Tone, pattern: Pattern): StateLook => ({
  word,
  icon,
  tone,
  pattern,
});

const NOT_STARTED = look('Not started', 'circle', 'neutral', 'dotted-line');

/** By state name; names that are not here look like their type and keep their own word. */
const BY_NAME: Readonly<Record<string, StateLook>> = {
  Scheduled: NOT_STARTED,
  Late: look('Late', 'hourglass', 'waiting', 'hatch'),
  AwaitingRetry: look('AwaitingRetry', 'hourglass', 'waiting', 'hatch'),
  AwaitingConcurrencySlot: look('Awaiting slot', 'hourglass', 'waiting', 'hatch'),
  Pending: look('Queued', 'dots', 'neutral', 'thin-line'),
  NotReady: look('NotReady', 'unlink', 'neutral', 'dotted-line'),
  Cached: look('Cached', 'recycle', 'success', 'dots'),
  Reused: look('Reused', 'recycle', 'success', 'dots'),
  TimedOut: look('TimedOut', 'clock', 'failed', 'cut'),
  Promoted: look('Promoted', 'rise', 'gate', 'solid'),
  Rejected: look('Rejected', 'bar', 'gate', 'open'),
  Champion: look('Champion', 'crown', 'gate', 'solid'),
  Missed: look('Missed', 'tick', 'waiting', 'dotted-line'),
};

const BY_TYPE: Readonly<Record<StateType, StateLook>> = {
  SCHEDULED: NOT_STARTED,
  PENDING: look('Pending', 'dots', 'neutral', 'thin-line'),
  RUNNING: look('Running', 'ring', 'running', 'open'),
  COMPLETED: look('Completed', 'check', 'success', 'solid'),
  FAILED: look('Failed', 'cross', 'failed', 'cross'),
  CRASHED: look('Crashed', 'chip', 'failed', 'torn'),
  CANCELLING: look('Cancelling', 'square', 'neutral', 'solid'),
  CANCELLED: look('Cancelled', 'square', 'neutral', 'solid'),
  PAUSED: look('Paused', 'pause', 'waiting', 'open'),
};

/** Icon, word, colour and pattern of a state; of no state: Not started. */
export function stateLook(
  state: { readonly type: StateType; readonly name: string } | undefined,
): StateLook {
  if (!state) return NOT_STARTED;
  // A task run that its paused flow run holds is NotReady too, and not for good.
  const byName = state.type === 'PAUSED' ? undefined : BY_NAME[state.name];
  return byName ?? { ...BY_TYPE[state.type], word: state.name };
}
