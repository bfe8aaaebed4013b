import { expect, test } from 'vitest';
import { hashSource, sourceBytes } from '#compile/source-hash.ts';
import { sha256 } from './sources.ts';

const read = (bytes: ArrayBuffer) => new TextDecoder().decode(bytes);

test('a source is hashed as its names and texts, each behind its length in bytes', () => {
  const files = [
    { name: 'flow.ts', text: 'ä' },
    { name: './a.ts', text: '' },
  ];
  expect(read(sourceBytes(files))).toBe('7:flow.ts2:ä4:a.ts0:');
});

test('the hash is the hash of those bytes', async () => {
  const files = [{ name: 'flow.ts', text: 'x' }];
  expect(await hashSource(sha256, files)).toBe(await sha256.hash(sourceBytes(files)));
});
