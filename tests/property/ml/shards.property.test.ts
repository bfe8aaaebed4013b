import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packRows, type RowBatch } from '#domain/rows.ts';
import { Assistant } from '#ml/assistant.ts';
import { HeldOut } from '#ml/held-out.ts';
import { learnFeatures } from '#ml/learn-features.ts';
import { cutTexts, learnInShards } from '#ml/learn-in-shards.ts';
import { mergeShards } from '#ml/merge-shards.ts';
import { learned } from '#ml/learn-features.ts';
import { RowBatches } from '#ml/row-batches.ts';
import { Scorer } from '#ml/scorer.ts';
import { serveAssistant } from '#ml/serve-assistant.ts';
import { Shard } from '#ml/shard.ts';

const word = fc.constantFrom('good', 'bad', 'not', 'the', 'Soup', '!', ',', 'café', '😍', "didn't");
const texts = fc.array(
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  { maxLength: 20 },
);
const minCounts = fc.integer({ min: 1, max: 3 });

const rowsOf = (said: readonly string[]): RowBatch =>
  packRows(said.map((text, i) => ({ id: `${i}`, domain: '', label: 0 as const, text })));

function learnedInParts(rows: RowBatch, parts: number, minCount: number) {
  const [first, ...others] = cutTexts(rows, parts).map((part) => {
    const shard = new Shard(part.text.length);
    shard.add(part, 0, part.count);
    return shard;
  });
  if (!first) throw new Error('No part at all.');
  const merged = mergeShards(
    first,
    others.map((shard) => shard.terms()),
    minCount,
  );
  const translated = others.map((shard, i) => shard.translated(merged.others[i]!));
  return learned(merged, [first.translated(merged.own), ...translated]);
}

const plain = ({ vocabulary, matrix }: ReturnType<typeof learnFeatures>) => ({
  words: vocabulary.words.values(),
  pairs: vocabulary.pairs.values(),
  matrix,
});

/** Assistants in this thread, over real ports. */
async function withAssistants<T>(
  count: number,
  serve: (port: MessagePort) => void,
  use: (assistants: readonly Assistant[]) => Promise<T>,
): Promise<T> {
  const channels = Array.from({ length: count }, () => new MessageChannel());
  channels.forEach(({ port2 }) => serve(port2));
  const assistants = channels.map(({ port1 }) => new Assistant(port1));
  try {
    return await use(assistants);
  } finally {
    assistants.forEach((assistant) => assistant.giveUp());
    channels.forEach(({ port2 }) => port2.close());
  }
}

describe('rows cut into shards, for any texts and any number of shards', () => {
  test('give the vocabulary and the matrix of the whole', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 6 }), minCounts, (said, parts, minCount) => {
        const rows = rowsOf(said);
        expect(plain(learnedInParts(rows, parts, minCount))).toEqual(
          plain(learnFeatures(rows, minCount)),
        );
      }),
    );
  });

  test('do so when assistants learn them', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.integer({ min: 0, max: 3 }),
        minCounts,
        async (said, count, minCount) => {
          const rows = rowsOf(said);
          const found = await withAssistants(count, serveAssistant, (assistants) =>
            learnInShards(rows, minCount, assistants),
          );
          expect(plain(found)).toEqual(plain(learnFeatures(rows, minCount)));
        },
      ),
      { numRuns: 25 },
    );
  });

  test('are all there, each once, about equally long', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 6 }), (said, parts) => {
        const rows = rowsOf(said);
        const cut = cutTexts(rows, parts);
        expect(cut.length).toBe(parts);
        expect(cut.reduce((sum, { count }) => sum + count, 0)).toBe(rows.count);
        expect(Buffer.concat(cut.map(({ text }) => text))).toEqual(Buffer.from(rows.text));
      }),
    );
  });
});

describe('an assistant', () => {
  const said = Array.from({ length: 40 }, (_, i) => `good soup ${i % 7} not bad ${i % 3}`);
  const rows = rowsOf(said);

  test('that fails at everything costs nothing but its time', async () => {
    const failing = (port: MessagePort) => {
      port.onmessage = ({ data }: MessageEvent<{ id: number }>) =>
        port.postMessage({ id: data.id });
    };
    const found = await withAssistants(2, failing, (assistants) =>
      learnInShards(rows, 1, assistants),
    );
    expect(plain(found)).toEqual(plain(learnFeatures(rows, 1)));
  });

  test('that never answers is given up', async () => {
    const [found, givenUp] = await withAssistants(
      1,
      () => undefined,
      async (assistants) =>
        [await learnInShards(rows, 1, assistants), assistants[0]?.isGivenUp] as const,
    );
    expect(plain(found)).toEqual(plain(learnFeatures(rows, 1)));
    expect(givenUp).toBe(true);
  });

  test('that dies between learning and translating is replaced', async () => {
    const dying = (port: MessagePort) => {
      serveAssistant(port);
      const serve = port.onmessage;
      port.onmessage = (event: MessageEvent<{ order: { order: string } }>) => {
        if (event.data.order.order === 'learn') serve?.call(port, event);
        else port.close();
      };
    };
    const found = await withAssistants(1, dying, (assistants) =>
      learnInShards(rows, 2, assistants),
    );
    expect(plain(found)).toEqual(plain(learnFeatures(rows, 2)));
  });

  test('of two trainings at once gives each its own rows', async () => {
    const other = rowsOf(said.slice(0, 31).map((text) => `${text} again`));
    const [first, second] = await withAssistants(1, serveAssistant, (assistants) =>
      Promise.all([learnInShards(rows, 1, assistants), learnInShards(other, 1, assistants)]),
    );
    expect(plain(first)).toEqual(plain(learnFeatures(rows, 1)));
    expect(plain(second)).toEqual(plain(learnFeatures(other, 1)));
  });

  test('reads held-out rows to the scores that serving gives', async () => {
    const { vocabulary } = learnFeatures(rows, 1);
    const size = vocabulary.words.size + vocabulary.pairs.size;
    const weights = Float32Array.from({ length: size }, (_, f) => Math.sin(f));
    const others = rowsOf(['good soup!', 'nothing known here', '', 'not bad 2 good soup 3']);
    const served = new Scorer({ vocabulary, weights, bias: 0.25 }).scoreRows(others);
    const scored = await withAssistants(2, serveAssistant, (assistants) =>
      new HeldOut(others, vocabulary, assistants).scores({ weights, bias: 0.25 }),
    );
    expect(scored).toEqual(served);
    const alone = await new HeldOut(others, vocabulary, []).scores({ weights, bias: 0.25 });
    expect(alone).toEqual(served);
  });
});

describe('a batch of rows', () => {
  test('holds their features and no others, ascending', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 8 }), (said, picks) => {
        const { matrix } = learnFeatures(rowsOf(['good', ...said]), 1);
        const batches = new RowBatches(matrix);
        for (const shift of [0, 1]) {
          const rows = Uint32Array.from(picks, (pick) => (pick + shift) % matrix.rows);
          const { matrix: compact, used } = batches.cut(rows);
          expect([...used]).toEqual([...new Set(used)].toSorted((a, b) => a - b));
          rows.forEach((row, i) => {
            const own = matrix.indices.subarray(matrix.offsets[row], matrix.offsets[row + 1]);
            const cut = compact.indices.subarray(compact.offsets[i], compact.offsets[i + 1]);
            expect(Array.from(cut, (column) => used[column])).toEqual([...own]);
          });
        }
      }),
    );
  });
});
