import { reasonOf, Unreadable } from './unreadable.ts';

export interface ByteSource {
  readonly name: string;
  readonly blob: Blob;
  /** Called with how many bytes of the file have been read. */
  readonly onBytes?: (bytes: number) => void;
}

const GZIP = [0x1f, 0x8b];
const GZIP_NAME = /\.gz(ip)?$/i;

/** @throws Unreadable when the name says so and the bytes do not */
export async function isGzip({ name, blob }: Pick<ByteSource, 'name' | 'blob'>): Promise<boolean> {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (GZIP.every((byte, i) => head[i] === byte)) return true;
  if (GZIP_NAME.test(name))
    throw new Unreadable(
      `${name} is named as gzip and is none: it does not begin with the bytes of one. Choose the original file, or take .gz off its name if it is not compressed.`,
    );
  return false;
}

/** The bytes of the file, decompressed where it is gzip. @throws Unreadable */
export async function* bytesOf(source: ByteSource, gzip: boolean): AsyncGenerator<Uint8Array> {
  const counted = counting(source);
  const stream = gzip ? counted.pipeThrough(new DecompressionStream('gzip')) : counted;
  const reader = stream.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
      yield value;
    }
  } catch (error) {
    const where = `after ${(bytes / 1024 / 1024).toFixed(1)} MB`;
    throw new Unreadable(
      gzip
        ? `${source.name} is a damaged gzip file: it cannot be decompressed ${where}. Download or make it again.`
        : `${source.name} could not be read on ${where} (${reasonOf(error)}). Choose it again.`,
    );
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function counting({ blob, onBytes }: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return blob.stream().pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        onBytes?.((bytes += chunk.length));
        controller.enqueue(chunk);
      },
    }),
  );
}

/** The first `length` bytes. */
export async function headOf(
  source: ByteSource,
  gzip: boolean,
  length: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of bytesOf({ ...source, onBytes: () => undefined }, gzip)) {
    pieces.push(piece);
    if ((bytes += piece.length) >= length) break;
  }
  return joinBytes(pieces).subarray(0, length);
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
