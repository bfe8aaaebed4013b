import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asContentHash } from '#domain/ids.ts';
import { readState, StateWriter } from '#domain/state-file.ts';
import type { Store, Write } from '#domain/store.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { openFresh } from '#tests/contract/fresh-database.ts';
import * as build from '#tests/support/builders.ts';
import { contentOf } from '#tests/support/store-content.ts';

const buffer = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0);

/** Records with whatever may stand in them: any text, any number, any bytes. */
const writes: fc.Arbitrary<readonly Write[]> = fc
  .tuple(
    fc.array(fc.record({ name: text, threshold: finite, active: fc.constantFrom<0 | 1>(0, 1) })),
    fc.array(fc.record({ message: text, at: finite })),
    fc.array(buffer),
    fc.array(fc.record({ label: text, call: fc.nat({ max: 5 }), bytes: buffer })),
  )
  .map(([runs, lines, values, calls]) => [
    ...runs.map(({ name, threshold, active }, i): Write => ({
      store: 'flowRuns',
      op: 'put',
      record: build.flowRun({
        id: `fr_${i}` as never,
        name,
        parameters: { threshold, name },
        active,
      }),
    })),
    {
      store: 'lines',
      op: 'put',
      record: build.lineChunk({
        lines: lines.map(({ message, at }) => ({
          kind: 'log',
          at,
          level: 'INFO',
          logger: '',
          message,
        })),
      }),
    },
    ...values.map((bytes): Write => {
      const digest = createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
      const hash = asContentHash(`sha256-${digest}`);
      return { store: 'values', op: 'put', record: { hash, bytes } };
    }),
    ...calls.map(({ call, bytes }): Write => ({
      store: 'journal',
      op: 'put',
      record: build.journalEntry({ call, argumentsBytes: bytes }),
    })),
    { store: 'datasetDays', op: 'put', record: build.datasetDay() },
  ]);

async function roundTrip(from: Store, to: Store): Promise<void> {
  const writer = new StateWriter(recordCodec, { createdAt: 0, runtime: '' });
  await from.snapshot((store, records) => writer.add(store, records));
  const read = readState(recordCodec, writer.finish());
  if (!read.ok) throw new Error(read.reason);
  await to.commit(read.records.map((one) => ({ ...one, op: 'put' })));
  expect(await contentOf(to)).toEqual(await contentOf(from));
}

describe('a state that is written to a file and read again is the same', () => {
  test.each([
    ['from memory to memory', async () => createMemoryStore(), async () => createMemoryStore()],
    ['from memory to IndexedDB', async () => createMemoryStore(), openFresh],
    ['from IndexedDB to memory', openFresh, async () => createMemoryStore()],
  ])(
    '%s',
    async (_, openFrom, openTo) => {
      await fc.assert(
        fc.asyncProperty(writes, async (given) => {
          const [from, to] = [await openFrom(), await openTo()];
          await from.commit(given);
          await roundTrip(from, to);
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );
});

test('no bytes whatever make the reader throw or take them for a state', () => {
  const file = new StateWriter(recordCodec, { createdAt: 0, runtime: '' }).finish();
  const start = new Uint8Array(file);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((tail) => {
      const joined = new Uint8Array(20 + tail.length);
      joined.set(start.subarray(0, 20));
      joined.set(tail, 20);
      return joined;
    }),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      expect(readState(recordCodec, given.slice().buffer).ok).toBe(false);
    }),
    { numRuns: 500 },
  );
});
