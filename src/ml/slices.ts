import { MAX_SLICE_NAME, MAX_SLICES } from '#domain/evaluation.ts';
import type { RowBatch } from '#domain/rows.ts';

/** Some rows of a batch, under a name. */
export interface Slice {
  /** `domain:phones`, `length:11-20` */
  readonly name: string;
  readonly rows: readonly number[];
}

/** Ends of the bands of length, in words; the last band has no end. */
const BANDS = [10, 20, 40, 80, 160, 320] as const;

/** By domain, where rows have one, and by length in words: those with most rows, in order of their name. */
export function slicesOf(batch: RowBatch): {
  readonly slices: readonly Slice[];
  readonly leftOut: number;
} {
  const groups = new Map<string, number[]>();
  const note = (name: string, row: number): void => {
    const rows = groups.get(name);
    if (rows) rows.push(row);
    else groups.set(name, [row]);
  };
  for (let row = 0; row < batch.count; row++) {
    const domain = batch.domains[row] ?? '';
    if (domain !== '') note(`domain:${domain}`.slice(0, MAX_SLICE_NAME), row);
    note(bandOf(wordCount(batch, row)), row);
  }
  const all = [...groups].map(([name, rows]) => ({ name, rows }));
  const largest = all.sort((a, b) => b.rows.length - a.rows.length || order(a.name, b.name));
  const slices = largest.slice(0, MAX_SLICES).sort((a, b) => order(a.name, b.name));
  return { slices, leftOut: all.length - slices.length };
}

/** Bands in order of their length, and not of their digits. */
const order = (a: string, b: string): number => {
  const [x, y] = [bandStart(a), bandStart(b)];
  if (x !== undefined && y !== undefined) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
};

const bandStart = (name: string): number | undefined =>
  name.startsWith('length:') ? Number.parseInt(name.slice(7), 10) : undefined;

function bandOf(words: number): string {
  const band = BANDS.findIndex((end) => words <= end);
  const from = band === 0 ? 1 : (BANDS[band === -1 ? BANDS.length - 1 : band - 1] ?? 0) + 1;
  return `length:${from}${band === -1 ? '+' : `-${BANDS[band]}`}`;
}

/** What white space parts. */
function wordCount({ text, ends }: RowBatch, row: number): number {
  let words = 0;
  let inWord = false;
  for (let i = ends[row - 1] ?? 0; i < (ends[row] ?? 0); i++) {
    const isSpace = (text[i] ?? 0) <= 32;
    if (!isSpace && !inWord) words++;
    inWord = !isSpace;
  }
  return words;
}
