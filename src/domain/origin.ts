import type { FlowRunId } from './ids.ts';

/**
 * The finished run that a new run is made from, and from where on it runs anew. What came before is reused where the
 * new body makes the same call with the same arguments; everything else runs.
 */
export type OriginRequest = ReRun | Fork;

interface FromRun {
  readonly flowRunId: FlowRunId;
  /** Reuse though the source differs. Without it nothing is reused from a run of another source. */
  readonly anySource?: true;
}

export interface ReRun extends FromRun {
  readonly kind: 're-run';
  /**
   * - absent: everything runs again;
   * - `failed`: as if the last task run that failed had been named;
   * - `changes`: what has other arguments, or other overrides or faults of its own, runs again;
   * - the name of a task run (`train-0`): that one runs again, what depends on it, and all that was called after it
   *   had ended.
   */
  readonly from?: string;
}

export interface Fork extends FromRun {
  readonly kind: 'fork';
  /** Milliseconds since the epoch, within the earlier run: what had ended by then is reused. */
  readonly at: number;
}

/** As the new run keeps it: `from: 'failed'` has become the name of the task run that failed. */
export type Origin = OriginRequest & EarlierRunName;

interface EarlierRunName {
  readonly flowRunName: string;
  readonly flowRunCreatedAt: number;
}

/** `Re-run of`, then the name of the earlier run, then ` from train-0` or ` at 00:12.3`. */
export function originWords(origin: Origin): { readonly before: string; readonly after: string } {
  if (origin.kind === 'fork')
    return { before: 'Fork of', after: ` at ${intoRun(origin.at - origin.flowRunCreatedAt)}` };
  return { before: 'Re-run of', after: fromWords(origin.from) };
}

/** `Re-run of splendid-otter from train-0` */
export function describeOrigin(origin: Origin): string {
  const { before, after } = originWords(origin);
  return `${before} ${origin.flowRunName}${after}`;
}

function fromWords(from: string | undefined): string {
  if (from === undefined) return '';
  return from === 'changes' ? ' with changes' : ` from ${from}`;
}

/** `00:12.3`: minutes, seconds and tenths into a run. */
export function intoRun(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const minutes = String(Math.floor(tenths / 600)).padStart(2, '0');
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${minutes}:${seconds}`;
}
