import type { RowBatch } from '#domain/rows.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const ONE = 0x31;

/** The rows of a file of `label<TAB>text` lines, unpacked when its name ends in .gz. */
export async function readTsv(url: string): Promise<RowBatch> {
  const response = await fetch(url);
  const packed = url.endsWith('.gz');
  const body = packed ? response.body?.pipeThrough(new DecompressionStream('gzip')) : response.body;
  return rowsOf(new Uint8Array(await new Response(body).arrayBuffer()));
}

/** The texts stay the bytes that they are in the file. */
function rowsOf(file: Uint8Array): RowBatch {
  const text = new Uint8Array(file.length);
  const [ends, labels]: [number[], number[]] = [[], []];
  let length = 0;
  for (let at = 0; at < file.length;) {
    const tab = file.indexOf(TAB, at);
    const feed = file.indexOf(LINE_FEED, at);
    const end = feed < 0 ? file.length : feed;
    if (tab < 0 || tab > end) throw new Error(`Row ${ends.length + 1} has no tab.`);
    text.set(file.subarray(tab + 1, end), length);
    length += end - tab - 1;
    ends.push(length);
    labels.push(file[at] === ONE ? 1 : 0);
    at = end + 1;
  }
  const names = Array.from(ends, () => '');
  return {
    count: ends.length,
    text: text.slice(0, length),
    ends: Uint32Array.from(ends),
    labels: Uint8Array.from(labels),
    ids: names.map((_, i) => String(i)),
    domains: names,
  };
}
