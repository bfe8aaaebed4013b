import { UNLABELLED, type TextRow } from '#domain/rows.ts';
import type { Rows } from './rows.ts';
import { taskHost } from './task-host.ts';

/** A row that should not be trained on. */
export type BadRow = {
  readonly id: string;
  readonly reason: BadReason;
  /** null where it has none. */
  readonly label: 0 | 1 | null;
  /** Its beginning. */
  readonly text: string;
};

export const BAD_REASONS = [
  'empty text',
  'broken encoding',
  'label conflict',
  'duplicate',
  'unusual length',
] as const;
export type BadReason = (typeof BAD_REASONS)[number];

export interface QualityReport {
  readonly rows: number;
  readonly bad: readonly BadRow[];
  /** Share of the rows that are bad, 0..1. */
  readonly badShare: number;
  /** Rows by reason. */
  readonly reasons: Readonly<Record<BadReason, number>>;
  /** Share of the labelled rows that are positive; null without labels. */
  readonly positiveShare: number | null;
  readonly unlabelled: number;
  /** Rows shorter or longer than these, in characters, are of an unusual length. */
  readonly usualLength: { readonly from: number; readonly to: number };
}

const SHOWN_CHARACTERS = 120;

/** Looks at every row; the first reason that fits is told. */
export async function inspectRows(rows: Rows): Promise<QualityReport> {
  const host = taskHost('inspectRows');
  const texts = await rows.texts();
  await host.progress(0.5);
  const report = inspect(texts);
  await host.progress(1);
  return report;
}

export function inspect(rows: readonly TextRow[]): QualityReport {
  const keys = rows.map(({ text }) => keyOf(text));
  const usualLength = usualLengthOf(rows.filter((_, i) => keys[i] !== ''));
  const labels = labelsByText(rows, keys);
  const seen = new Set<string>();
  const bad = rows.flatMap((row, i): BadRow[] => {
    const key = keys[i] ?? '';
    const found = { usualLength, key, labels: labels.get(key), isAgain: seen.has(key) };
    const reason = reasonOf(row, found);
    seen.add(key);
    if (!reason) return [];
    const label = row.label === UNLABELLED ? null : row.label;
    return [{ id: row.id, reason, label, text: row.text.slice(0, SHOWN_CHARACTERS) }];
  });
  const labelled = rows.filter(({ label }) => label !== UNLABELLED);
  const positive = labelled.filter(({ label }) => label === 1).length;
  return {
    rows: rows.length,
    bad,
    badShare: rows.length === 0 ? 0 : bad.length / rows.length,
    reasons: countsOf(bad),
    positiveShare: labelled.length === 0 ? null : positive / labelled.length,
    unlabelled: rows.length - labelled.length,
    usualLength,
  };
}

interface Seen {
  readonly usualLength: QualityReport['usualLength'];
  readonly key: string;
  /** That the same text has anywhere. */
  readonly labels: ReadonlySet<number> | undefined;
  readonly isAgain: boolean;
}

function reasonOf(
  { text }: TextRow,
  { usualLength, key, labels, isAgain }: Seen,
): BadReason | undefined {
  if (key === '') return 'empty text';
  if (isGarbled(text)) return 'broken encoding';
  if (labels && labels.size > 1) return 'label conflict';
  if (isAgain) return 'duplicate';
  const isUsual = text.length >= usualLength.from && text.length <= usualLength.to;
  return isUsual ? undefined : 'unusual length';
}

/** A replacement character, or what UTF-8 looks like when it is read as Latin-1 or Windows-1252. */
const GARBLED = /\uFFFD|\u00E2\u20AC|[\u00C2\u00C3][\u0080-\u00BF]|\u00F0\u0178/u;
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/u;

export const isGarbled = (text: string): boolean => GARBLED.test(text) || CONTROL.test(text);

/** Equal for texts that differ in case and space only. */
const keyOf = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

function labelsByText(
  rows: readonly TextRow[],
  keys: readonly string[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const labels = new Map<string, Set<number>>();
  rows.forEach(({ label }, i) => {
    const key = keys[i] ?? '';
    if (label !== UNLABELLED) labels.set(key, (labels.get(key) ?? new Set()).add(label));
  });
  return labels;
}

/**
 * Three times the distance of the quartiles away, and at least four times as short or long, on a scale of ratios: lengths
 * of texts are skewed.
 */
function usualLengthOf(rows: readonly TextRow[]): QualityReport['usualLength'] {
  const logs = Float64Array.from(rows, ({ text }) => Math.log(text.length)).sort();
  const at = (share: number): number => logs[Math.floor(share * (logs.length - 1))] ?? 0;
  const reach = Math.max(3 * (at(0.75) - at(0.25)), Math.log(4));
  return {
    from: Math.max(1, Math.floor(Math.exp(at(0.25) - reach))),
    to: Math.ceil(Math.exp(at(0.75) + reach)),
  };
}

const countsOf = (bad: readonly BadRow[]): QualityReport['reasons'] => {
  const count = (reason: BadReason) => bad.filter((row) => row.reason === reason).length;
  return {
    'empty text': count('empty text'),
    'broken encoding': count('broken encoding'),
    'label conflict': count('label conflict'),
    duplicate: count('duplicate'),
    'unusual length': count('unusual length'),
  };
};
