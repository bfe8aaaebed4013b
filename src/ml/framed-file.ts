import { crc32 } from '#domain/crc32.ts';

/** What a file of ours is made of; `header` is any JSON, `body` bytes that the header tells how to read. */
export interface FramedFile {
  readonly header: unknown;
  readonly body: Uint8Array;
}

/** What to do about a file depends on it: another file, another copy of it, or another Nightshift. */
export type FileFault = 'foreign' | 'damaged' | 'of another version';

/** The bytes are damaged or something else; the message says what is wrong. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly fault: FileFault;

  constructor(reason: string, fault: FileFault = 'damaged') {
    super(reason);
    this.fault = fault;
  }
}

/** Magic (8 bytes), version, checksum of all that follows it, header length, body length; then header and body. */
const PREFIX = 24;
const CHECKED_FROM = 16;
const VERSION = 1;

/** @param magic 8 ASCII characters */
export function packFile(magic: string, { header, body }: FramedFile): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(PREFIX + json.length + body.length);
  file.set(new TextEncoder().encode(magic));
  file.set(json, PREFIX);
  file.set(body, PREFIX + json.length);
  const view = new DataView(file.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(16, json.length, true);
  view.setUint32(20, body.length, true);
  view.setUint32(12, crc32(file.subarray(CHECKED_FROM)), true);
  return file;
}

/** @throws UnreadableFile when the bytes are not exactly what `packFile` made */
export function unpackFile(magic: string, file: Uint8Array): FramedFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  demand(file.length >= PREFIX, `it has ${file.length} bytes, fewer than its frame`);
  const found = new TextDecoder().decode(file.subarray(0, 8));
  demand(found === magic, `it does not begin with ${magic}`, 'foreign');
  const version = view.getUint32(8, true);
  demand(
    version === VERSION,
    `its version is ${version}, and this program reads version ${VERSION}`,
    'of another version',
  );
  const bodyAt = PREFIX + view.getUint32(16, true);
  const length = bodyAt + view.getUint32(20, true);
  demand(length === file.length, `it has ${file.length} bytes instead of ${length}`);
  demand(
    crc32(file.subarray(CHECKED_FROM)) === view.getUint32(12, true),
    'its checksum does not match',
  );
  return { header: parsed(file.subarray(PREFIX, bodyAt)), body: file.subarray(bodyAt) };
}

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new UnreadableFile('its header is not JSON');
  }
}

function demand(isMet: boolean, reason: string, fault?: FileFault): asserts isMet {
  if (!isMet) throw new UnreadableFile(reason, fault);
}
