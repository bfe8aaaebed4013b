const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb8_8320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The checksum of gzip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  // By index: several times faster than by iterator, over files of hundreds of megabytes.
  for (let i = 0; i < bytes.length; i++)
    sum = (TABLE[(sum ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffff_ffff) >>> 0;
}
