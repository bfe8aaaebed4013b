import { assertNever } from './assert-never.ts';
import type { RunOrigin } from './reasons.ts';

/** What a cache key is made of. Nothing at all: no key, so nothing is cached. */
export interface CacheKeyRule {
  /** All inputs, by the names of the task function's parameters, but these. */
  readonly inputs?: { readonly except: readonly string[] };
  readonly taskSource?: true;
  /** Of the flow run: the next run has other keys. */
  readonly runId?: true;
  readonly flowParameters?: true;
}

/** How a task uses the cache; absent from a policy: not at all. */
export interface CachePolicy {
  readonly rule: CacheKeyRule;
  /** True: the author's `cacheKeyFn` is asked, and the rule does not count. */
  readonly asksKey: boolean;
  readonly expirationSeconds?: number;
  /** True: an entry is replaced, never taken. */
  readonly refresh: boolean;
}

/** What applies when results are persisted and nothing else is said. */
export const DEFAULT_CACHE_RULE: CacheKeyRule = {
  inputs: { except: [] },
  taskSource: true,
  runId: true,
};

export const isEmptyRule = (rule: CacheKeyRule): boolean => Object.keys(rule).length === 0;

/** Why a task run found no result that it could take. */
export type CacheMiss =
  | { readonly kind: 'nothing stored' }
  /** The nearest stored result differs in these parts: `input seed`, `task source`, `run`, `flow parameters`. */
  | { readonly kind: 'differs'; readonly parts: readonly string[]; readonly from: RunOrigin }
  | { readonly kind: 'expired'; readonly at: number; readonly from: RunOrigin }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'no key'; readonly why: string };

/** `cache missed: input seed differs from run brave-lynx`; ends without a full stop. */
export function describeCacheMiss(miss: CacheMiss): string {
  switch (miss.kind) {
    case 'nothing stored':
      return 'cache missed: no result of this task is stored';
    case 'differs': {
      const verb = miss.parts.length === 1 ? 'differs' : 'differ';
      const { taskRun, flowRunName } = miss.from;
      return `cache missed: ${miss.parts.join(', ')} ${verb} from ${taskRun} in run ${flowRunName}`;
    }
    case 'expired':
      return `cache missed: the result of ${miss.from.taskRun} in run ${miss.from.flowRunName} expired at ${new Date(miss.at).toISOString()}`;
    case 'refresh':
      return 'cache not asked: refreshCache is set';
    case 'no key':
      return `cache not used: ${miss.why}`;
    default:
      return assertNever(miss);
  }
}
