import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * `sha256-` and 64 hex digits over plain data: an id that is equal where all of it is equal. The fields are hashed as
 * JSON in the order given, absent ones not at all. Not crypto.subtle: it is undefined in author workers, whose origin is opaque.
 */
export const contentId = (data: Readonly<Record<string, unknown>>): string =>
  `sha256-${bytesToHex(sha256(utf8ToBytes(JSON.stringify(data))))}`;
