import { crc32 } from './crc32.ts';
import type { RecordCodec } from './ports.ts';
import { isStoreName, readRecord, recordProblem } from './record-schemas.ts';
import type { StoredRecord, StoreName } from './store.ts';

/**
 * Everything Nightshift keeps, as one file: 16 bytes that say what it is, the version of the format, then frames. A
 * frame is the length and the checksum of its bytes (both 32 bits, little endian) and the bytes: a `Part`. The first
 * part says where the file is from, the last how many records there were, so that a file that was cut off shows.
 */
const MAGIC = new TextEncoder().encode('nightshift-state');
/** Bumped when an older Nightshift could not read the file any more. */
export const STATE_VERSION = 1;
const HEAD_BYTES = MAGIC.length + 4;
const FRAME_HEAD_BYTES = 8;

export interface StateAbout {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** `nightshift 0.1.0` */
  readonly runtime: string;
}

type Part =
  | ({ readonly part: 'about' } & StateAbout)
  | { readonly part: 'records'; readonly store: StoreName; readonly records: readonly object[] }
  | { readonly part: 'end'; readonly records: number };

/** Writes a state piece by piece: the whole of it is in memory once. */
export class StateWriter {
  readonly #codec: RecordCodec;
  readonly #pieces: Uint8Array[] = [];
  #records = 0;

  constructor(codec: RecordCodec, { createdAt, runtime }: StateAbout) {
    this.#codec = codec;
    const head = new Uint8Array(HEAD_BYTES);
    head.set(MAGIC);
    new DataView(head.buffer).setUint32(MAGIC.length, STATE_VERSION, true);
    this.#pieces.push(head);
    this.#add({ part: 'about', createdAt, runtime });
  }

  add(store: StoreName, records: readonly object[]): void {
    this.#add({ part: 'records', store, records });
    this.#records += records.length;
  }

  finish(): ArrayBuffer {
    this.#add({ part: 'end', records: this.#records });
    const file = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      file.set(piece, at);
      at += piece.length;
    }
    return file.buffer;
  }

  #add(part: Part): void {
    const bytes = this.#codec.encode(part);
    const head = new DataView(new ArrayBuffer(FRAME_HEAD_BYTES));
    head.setUint32(0, bytes.length, true);
    head.setUint32(4, crc32(bytes), true);
    this.#pieces.push(new Uint8Array(head.buffer), bytes);
  }
}

export type StateRead =
  | { readonly ok: true; readonly about: StateAbout; readonly records: readonly StoredRecord[] }
  | { readonly ok: false; readonly reason: string };

/** Reads what `StateWriter` wrote; whatever else it is given, it says what is wrong with it. */
export function readState(codec: RecordCodec, file: ArrayBuffer): StateRead {
  try {
    return parse(codec, file);
  } catch (error) {
    if (error instanceof BadState) return { ok: false, reason: error.message };
    throw error;
  }
}

class BadState extends Error {}

const NO_STATE =
  'This file is no Nightshift state. Choose one that was made with "Download everything".';
const NEWER =
  'This file is of a newer Nightshift than this one. Reload the page to get the newest, then load the file again.';
const CUT_OFF =
  'This file is cut off: its end is missing. Download or copy it again, then load it again.';
const damaged = (what: string): BadState =>
  new BadState(`This file is damaged: ${what}. Nothing of it was loaded. Use another copy of it.`);

function parse(codec: RecordCodec, file: ArrayBuffer): StateRead {
  checkHead(file);
  const records: StoredRecord[] = [];
  let about: StateAbout | undefined;
  for (const frame of framesOf(file)) {
    const part = decoded(codec, frame);
    if (about === undefined) about = aboutOf(part);
    else if (part['part'] === 'records') for (const one of recordsOf(part)) records.push(one);
    else if (part['part'] !== 'end') throw new BadState(NEWER);
    else if (part['records'] === records.length) return { ok: true, about, records };
    else throw damaged(`it should hold ${String(part['records'])} records, not ${records.length}`);
  }
  throw new BadState(CUT_OFF);
}

function checkHead(file: ArrayBuffer): void {
  const start = new Uint8Array(file, 0, Math.min(MAGIC.length, file.byteLength));
  if (start.length === 0 || start.some((byte, i) => byte !== MAGIC[i]))
    throw new BadState(NO_STATE);
  if (file.byteLength < HEAD_BYTES) throw new BadState(CUT_OFF);
  const version = new DataView(file).getUint32(MAGIC.length, true);
  if (version > STATE_VERSION) throw new BadState(NEWER);
}

function* framesOf(file: ArrayBuffer): Iterable<Uint8Array> {
  const view = new DataView(file);
  for (let at = HEAD_BYTES, number = 1; at < file.byteLength; number++) {
    if (at + FRAME_HEAD_BYTES > file.byteLength) throw new BadState(CUT_OFF);
    const length = view.getUint32(at, true);
    const start = at + FRAME_HEAD_BYTES;
    if (start + length > file.byteLength) throw new BadState(CUT_OFF);
    const bytes = new Uint8Array(file, start, length);
    if (crc32(bytes) !== view.getUint32(at + 4, true))
      throw damaged(`part ${number} is not what was written`);
    yield bytes;
    at = start + length;
  }
}

type Decoded = Readonly<Record<string, unknown>>;

function decoded(codec: RecordCodec, frame: Uint8Array): Decoded {
  const part = attempt(() => codec.decode(frame));
  if (!isObject(part)) throw damaged('a part of it cannot be read');
  return part;
}

function aboutOf({ part, createdAt, runtime }: Decoded): StateAbout {
  if (part !== 'about' || typeof createdAt !== 'number' || typeof runtime !== 'string')
    throw damaged('it does not say where it is from');
  return { createdAt, runtime };
}

function recordsOf({ store, records }: Decoded): readonly StoredRecord[] {
  if (!isStoreName(store)) throw new BadState(NEWER);
  if (!Array.isArray(records)) throw damaged(`its ${store} are no list`);
  return records.map((record: unknown, i) => {
    const read = readRecord(store, record);
    if (read) return read;
    throw damaged(`${store}, record ${i + 1}: ${recordProblem(store, record)}`);
  });
}

const isObject = (value: unknown): value is Decoded => typeof value === 'object' && value !== null;

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
