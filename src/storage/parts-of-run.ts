import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { StoreName } from '#domain/store.ts';
import { firstPart, firstPartBeginning, textBeginning, type Beginning } from './keys.ts';

/** How the keys of what belongs to a run begin. Values, sources and cache entries are not its own: see `uses`. */
const PARTS = {
  taskRuns: (id) => textBeginning(`${id}/`),
  events: (id) => firstPart(runStream(id)),
  lines: (id) => firstPart(id),
  journal: (id) => firstPart(id),
  artifacts: (id) => firstPart(id),
  checkpoints: (id) => firstPartBeginning(`${id}/`),
  verdicts: (id) => firstPartBeginning(`${id}/`),
} as const satisfies Partial<Record<StoreName, (id: FlowRunId) => Beginning>>;

export type PartStore = keyof typeof PARTS;

interface Part {
  readonly store: PartStore;
  readonly beginning: Beginning;
}

export const partsOf = (id: FlowRunId): readonly Part[] =>
  Object.entries(PARTS).map(([store, beginningOf]) => ({
    store: store as PartStore,
    beginning: beginningOf(id),
  }));

/** Whatever a removal may touch. */
export const REMOVAL_STORES: readonly StoreName[] = [
  ...(Object.keys(PARTS) as PartStore[]),
  'flowRuns',
  'flows',
  'values',
  'cache',
  'uses',
  'removals',
];
