import type { LimitRecord } from './records.ts';

/** Limits of these kinds: of task runs that carry a tag, and of code between `limit(...)` and its end. */
export const tagLimit = (tag: string): string => `tag:${tag}`;
export const globalLimit = (name: string): string => `global:${name}`;

/** Who holds a slot. */
export interface SlotHolder {
  /** `splendid-otter` */
  readonly flowRunName: string;
  /** `extract-0`; absent for a whole flow run. */
  readonly taskRun?: string;
}

/** A limit that has no slot free for someone. */
export interface SlotWait {
  /** `tag:training`, `global:database`, `deployment:retrain-sentiment/nightly` */
  readonly limit: string;
  readonly slots: number;
  readonly held: number;
  readonly holders: readonly SlotHolder[];
  /** How many wait for the same limit and came before. */
  readonly before: number;
}

/** A limit as it stands now. */
export interface LimitStatus extends LimitRecord {
  readonly held: number;
  readonly holders: readonly SlotHolder[];
  readonly waiting: number;
}

export type LimitChange = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How many runs of a deployment may be under way at a time, and what becomes of one more. */
export interface DeploymentConcurrency {
  readonly limit: number;
  /** `ENQUEUE`: it asks again every 30 s. `CANCEL_NEW`: it is cancelled. */
  readonly strategy: 'ENQUEUE' | 'CANCEL_NEW';
}

/** As someone asks for it; they wait unless told otherwise. */
export type ConcurrencyRequest = Pick<DeploymentConcurrency, 'limit'> &
  Partial<DeploymentConcurrency>;

const NAME = /^(tag|global):\S(.{0,98}\S)?$/u;
const MAX_LIMIT = 10_000;

/** What is wrong with a limit that someone wants to set; undefined when nothing is. */
export function limitProblem({ name, limit }: LimitRecord): string | undefined {
  if (!NAME.test(name))
    return `"${name}" is not the name of a limit: write tag:training for a tag, or global:database for code inside tasks.`;
  return numberProblem(limit);
}

export function concurrencyProblem({ limit, strategy }: DeploymentConcurrency): string | undefined {
  if (strategy !== 'ENQUEUE' && strategy !== 'CANCEL_NEW')
    return `A run too many can wait (ENQUEUE) or be cancelled (CANCEL_NEW), not ${String(strategy)}.`;
  return numberProblem(limit);
}

function numberProblem(limit: number): string | undefined {
  if (Number.isSafeInteger(limit) && limit >= 0 && limit <= MAX_LIMIT) return undefined;
  return `A limit must be a whole number from 0 to ${MAX_LIMIT}, not ${limit}.`;
}

/** `tag training`, `limit database`, `deployment retrain-sentiment/nightly` */
function limitWords(limit: string): string {
  const [, kind = '', name = limit] = /^(tag|global|deployment):(.*)$/u.exec(limit) ?? [];
  return `${kind === 'global' || kind === '' ? 'limit' : kind} ${name}`;
}

const SHOWN = 3;

/** `tag training, 1 of 1 slots held by extract-0 of run splendid-otter` */
export function describeSlotWait({ limit, slots, held, holders, before }: SlotWait): string {
  const more = holders.length - SHOWN;
  const names = holders.slice(0, SHOWN).map(holderWords);
  const by = [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const queue = before > 0 ? `, ${before} waiting before it` : '';
  return `${limitWords(limit)}, ${held} of ${slots} slots held${by ? ` by ${by}` : ''}${queue}`;
}

const holderWords = ({ taskRun, flowRunName }: SlotHolder): string =>
  taskRun === undefined ? `run ${flowRunName}` : `${taskRun} of run ${flowRunName}`;
