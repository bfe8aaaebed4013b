import type { ContentHash } from '#domain/ids.ts';
import type { Hasher } from '#domain/ports.ts';
import type { SourceFile } from '#domain/records.ts';
import { bareName } from './file-names.ts';

/** Over names and texts in their order, the entry first. */
export function hashSource(hasher: Hasher, files: readonly SourceFile[]): Promise<ContentHash> {
  return hasher.hash(sourceBytes(files));
}

/** Each text behind its length in bytes: no two sources have the same bytes, whatever their texts contain. */
export function sourceBytes(files: readonly SourceFile[]): ArrayBuffer {
  const encoder = new TextEncoder();
  const fields = files.flatMap(({ name, text }) => [bareName(name), text]);
  const pieces = fields.flatMap((field) => {
    const bytes = encoder.encode(field);
    return [encoder.encode(`${bytes.length}:`), bytes];
  });
  return concatenate(pieces);
}

function concatenate(pieces: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all.buffer;
}
