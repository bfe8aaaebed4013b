import 'fake-indexeddb/auto';
import { deleteDB } from 'idb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asFlowRunId, cacheEntryId, runStream, type ContentHash } from '#domain/ids.ts';
import type { Store, Write } from '#domain/store.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import * as build from '#tests/support/builders.ts';
import { contentOf } from '#tests/support/store-content.ts';

const VALUES = 8;
const { hash } = build;
const sourceHash = (n: number): ContentHash => hash(100 + n);

/** A run by what it uses; `mentions` below says what the values use themselves. */
interface SomeRun {
  readonly source: number;
  readonly results: readonly number[];
  readonly outcomes: readonly number[];
  readonly kept: readonly number[];
  /** Results that it left in the cache, each under a key of its own. */
  readonly cached: readonly number[];
  /** Results that it took from the cache, where an earlier run had left them. */
  readonly took: readonly number[];
  readonly model?: number | undefined;
}

const someValues = fc.array(fc.nat({ max: VALUES - 1 }), { maxLength: 3 });
const someRun: fc.Arbitrary<SomeRun> = fc.record({
  source: fc.nat({ max: 2 }),
  results: someValues,
  outcomes: someValues,
  kept: someValues,
  cached: someValues,
  took: someValues,
  model: fc.option(fc.nat({ max: VALUES - 1 }), { freq: 5, nil: undefined }),
});

/** `mentions[i]`: later values only, for content that holds its own hash cannot be made. */
const mentions = fc.tuple(
  ...Array.from({ length: VALUES }, (_, i) =>
    i + 1 < VALUES
      ? fc.array(fc.integer({ min: i + 1, max: VALUES - 1 }), { maxLength: 2 })
      : fc.constant([]),
  ),
);

const story = fc.record({
  mentions,
  runs: fc.array(someRun, { minLength: 1, maxLength: 8 }),
  /** How many of the oldest go, and how many come again meanwhile. */
  gone: fc.nat({ max: 8 }),
  limit: fc.integer({ min: 1, max: 12 }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

const direct = ({ results, outcomes, kept, cached, took }: SomeRun): readonly number[] => [
  ...results,
  ...outcomes,
  ...kept,
  ...cached,
  ...took,
];
const FLOW = 'a "flow"/of: many';
const keyOf = (n: number): string => `key ${n}`;

function closure(story: Story, roots: readonly number[]): ReadonlySet<number> {
  const reached = new Set<number>();
  const visit = (n: number): void => {
    if (reached.has(n)) return;
    reached.add(n);
    story.mentions[n]?.forEach(visit);
  };
  roots.forEach(visit);
  return reached;
}

function writesOf(story: Story, run: SomeRun, number: number): readonly Write[] {
  const flowRunId = asFlowRunId(`fr_${number}`);
  const source = sourceHash(run.source);
  const models = run.model === undefined ? [] : [run.model];
  const puts = [...closure(story, [...direct(run), ...models])].map((n): Write => {
    const text = `[${(story.mentions[n] ?? []).map(hash).join()}]`;
    const bytes = new TextEncoder().encode(text).buffer;
    return { store: 'values', op: 'put', record: { hash: hash(n), bytes } };
  });
  return [
    { store: 'flows', op: 'put', record: build.flowSource({ sourceHash: source }) },
    {
      store: 'flowRuns',
      op: 'add',
      record: build.flowRun({ id: flowRunId, active: 0, sourceHash: source, createdAt: number }),
    },
    { store: 'events', op: 'add', record: build.event({ streamId: runStream(flowRunId) }) },
    ...run.results.map((n, index): Write => {
      const result = { hash: hash(n), bytes: 1, label: '' };
      return {
        store: 'taskRuns',
        op: 'add',
        record: build.taskRun({ flowRunId, index, result }),
      };
    }),
    ...run.outcomes.map((n, call): Write => {
      const outcome = { delivery: call, at: 0, value: hash(n) };
      return {
        store: 'journal',
        op: 'add',
        record: build.journalEntry({ flowRunId, call, outcome }),
      };
    }),
    ...[...run.kept, ...run.took].map((n): Write => ({
      store: 'uses',
      op: 'put',
      record: { hash: hash(n), user: flowRunId },
    })),
    ...[...run.cached, ...run.took].map((n): Write => ({
      store: 'uses',
      op: 'put',
      record: { hash: cacheEntryId(FLOW, keyOf(n)), user: flowRunId },
    })),
    ...run.cached.map((n): Write => ({
      store: 'cache',
      op: 'put',
      record: build.cacheEntry({
        flowId: FLOW,
        key: keyOf(n),
        result: { hash: hash(n), bytes: 1, label: '' },
        from: { flowRunId, flowRunName: 'splendid-otter', taskRun: 'f-0' },
      }),
    })),
    ...models.map((n): Write => {
      const lineage = build.lineage({ flowRunId, ordinal: number, sourceHash: source });
      return {
        store: 'modelVersions',
        op: 'add',
        record: build.modelVersion({ version: number, contentHash: hash(n), lineage }),
      };
    }),
    ...puts,
  ];
}

/** What nobody left before cannot be taken. */
const withoutTheImpossible = (story: Story): Story => ({
  ...story,
  runs: story.runs.map((run, i) => {
    const left = story.runs.slice(0, i).flatMap(({ cached }) => cached);
    return { ...run, took: run.took.filter((n) => left.includes(n)) };
  }),
});

async function plays(store: Store, told: Story): Promise<void> {
  const story = withoutTheImpossible(told);
  for (const [i, run] of story.runs.entries()) await store.commit(writesOf(story, run, i));
  const gone = await store.oldestEndedRuns(story.gone);
  for (const { id } of gone)
    await store.commit([
      { store: 'flowRuns', op: 'delete', key: id },
      { store: 'removals', op: 'put', record: { flowRunId: id } },
    ]);
  // What goes comes again in another run while it goes: the last moment at which it could be missed.
  const [again] = story.runs;
  const extra = again ? writesOf(story, { ...again, model: undefined }, story.runs.length) : [];
  const swept = store.sweep(story.limit);
  await Promise.all([swept, store.commit(extra)]);
  while ((await store.sweep(story.limit)).records > 0);
  await holdsWhatIsUsed(store, story, gone.length);
}

async function holdsWhatIsUsed(store: Store, story: Story, gone: number): Promise<void> {
  const left = [...story.runs.slice(gone), ...story.runs.slice(0, 1)];
  const models = story.runs.flatMap(({ model }) => model ?? []);
  const used = closure(story, [...left.flatMap(direct), ...models]);
  const content = await contentOf(store);
  const sorted = (hashes: Iterable<ContentHash>) => [...new Set(hashes)].sort();
  expect(sorted(content.values.map((one) => one.hash))).toEqual(sorted([...used].map(hash)));
  const sources = [...left, ...story.runs.filter(({ model }) => model !== undefined)];
  expect(sorted(content.flows.map((one) => one.sourceHash))).toEqual(
    sorted(sources.map(({ source }) => sourceHash(source))),
  );
  expect(content.flowRuns).toHaveLength(left.length);
  expect(content.events).toHaveLength(left.length);
  expect(content.removals).toEqual([]);
  expect(content.cache.map(({ key }) => key)).toEqual(
    [...new Set(left.flatMap(({ cached, took }) => [...cached, ...took]))].sort().map(keyOf),
  );
  const entries = content.cache.map(({ flowId, key }) => cacheEntryId(flowId, key));
  const stored = new Set<string>([
    ...[...content.values, ...content.flows].map(hashOf),
    ...entries,
  ]);
  expect(content.uses.every((use) => stored.has(use.hash))).toBe(true);
}

const hashOf = (record: { hash: ContentHash } | { sourceHash: ContentHash }): ContentHash =>
  'hash' in record ? record.hash : record.sourceHash;

describe('after runs that share content were removed, what is left is readable, and nothing else is left', () => {
  test('in the memory store', async () => {
    await fc.assert(
      fc.asyncProperty(story, (given) => plays(createMemoryStore(), given)),
      { numRuns: 300 },
    );
  }, 60_000);

  test('in the IndexedDB store', async () => {
    const name = '/removal/nightshift';
    await fc.assert(
      fc.asyncProperty(story, async (given) => {
        const store = await openIndexedDbStore({ name, onClosed: () => undefined });
        try {
          await plays(store, given);
        } finally {
          store.close();
          await deleteDB(name);
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
