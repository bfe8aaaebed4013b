/**
 * Labelled rows in columns, as they are stored and sent: one byte buffer of UTF-8 text instead of an object a row,
 * so that tokenising reads bytes and sending is a copy of a few buffers.
 */
export interface RowBatch {
  readonly count: number;
  /** The texts one after another, UTF-8. */
  readonly text: Uint8Array;
  /** `ends[i]` is the end (exclusive) of row i in `text`; row i starts at `ends[i - 1]` or 0. */
  readonly ends: Uint32Array;
  /** 0 negative, 1 positive, `UNLABELLED`. */
  readonly labels: Uint8Array;
  readonly ids: readonly string[];
  readonly domains: readonly string[];
}

/** The label of a row that has none: it can be scored, and not be trained on. */
export const UNLABELLED = 255;

export interface LabelledText {
  readonly id: string;
  readonly domain: string;
  readonly label: 0 | 1;
  readonly text: string;
}

/** A text that may have no label. */
export interface TextRow extends Omit<LabelledText, 'label'> {
  readonly label: 0 | 1 | typeof UNLABELLED;
}

export function packRows(rows: readonly TextRow[]): RowBatch {
  const encoder = new TextEncoder();
  const encoded = rows.map((row) => encoder.encode(row.text));
  const ends = new Uint32Array(rows.length);
  const text = new Uint8Array(encoded.reduce((sum, bytes) => sum + bytes.length, 0));
  let at = 0;
  encoded.forEach((bytes, i) => {
    text.set(bytes, at);
    at += bytes.length;
    ends[i] = at;
  });
  return {
    count: rows.length,
    text,
    ends,
    labels: Uint8Array.from(rows, (row) => row.label),
    ids: rows.map((row) => row.id),
    domains: rows.map((row) => row.domain),
  };
}

export function rowText(batch: RowBatch, row: number): string {
  return new TextDecoder().decode(batch.text.subarray(batch.ends[row - 1] ?? 0, batch.ends[row]));
}
