import * as v from 'valibot';
import { DATASET_LIMITS, type ImportBatch } from './datasets.ts';
import { UNLABELLED } from './rows.ts';

const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const MAX_BATCH_ROWS = 100_000;

const strings = v.array(v.pipe(v.string(), v.maxLength(1_000)));

const importBatch = v.pipe(
  v.object({
    rows: v.object({
      count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_BATCH_ROWS)),
      text: v.pipe(
        v.instance(Uint8Array),
        v.check((text) => text.length <= MAX_BATCH_BYTES, `more than ${MAX_BATCH_BYTES} bytes`),
      ),
      ends: v.instance(Uint32Array),
      labels: v.instance(Uint8Array),
      ids: strings,
      domains: strings,
    }),
    days: v.optional(v.instance(Uint32Array)),
  }),
  v.check(
    ({ rows: { count, ends, labels, ids, domains }, days }) =>
      [ends, labels, ids, domains, days ?? labels].every(({ length }) => length === count),
    'its columns are not of one length',
  ),
  v.check(
    ({ rows: { text, ends } }) => endsFit(ends, text.length),
    'its texts do not fit its bytes',
  ),
  v.check(
    ({ rows: { labels } }) => labels.every((one) => one <= 1 || one === UNLABELLED),
    'a label is none',
  ),
  v.check(
    ({ days = new Uint32Array() }) => days.every((day) => day >= 1 && day <= DATASET_LIMITS.day),
    `a day is not in 1 to ${DATASET_LIMITS.day}`,
  ),
);

/** What is wrong with a batch that crossed to the engine; undefined: nothing. */
export function batchProblem(batch: ImportBatch): string | undefined {
  const parsed = v.safeParse(importBatch, batch);
  if (parsed.success) return undefined;
  const [issue] = parsed.issues;
  return `${v.getDotPath(issue) ?? 'batch'}: ${issue.message}`;
}

function endsFit(ends: Uint32Array, bytes: number): boolean {
  let before = 0;
  for (const end of ends) {
    if (end < before || end - before > DATASET_LIMITS.oneTextBytes) return false;
    before = end;
  }
  return before === bytes;
}
