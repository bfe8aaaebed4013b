import { LENGTHS, type DatasetDaySummary, type DatasetSummary } from '#domain/datasets.ts';
import { bytes, count, plural } from './numbers.ts';

/** A dataset as far as it has arrived. */
export interface ArrivedDataset {
  readonly days: readonly DatasetDaySummary[];
  /** Days that are to come. */
  readonly toCome: number;
  readonly rows: number;
  readonly negative: number;
  readonly positive: number;
  readonly unlabelled: number;
  readonly textBytes: number;
}

/** @param arrivalDay of the built-in corpus; others are there whole */
export function arrived({ days, imported }: DatasetSummary, arrivalDay: number): ArrivedDataset {
  const here = imported ? days : days.filter(({ day }) => day <= arrivalDay);
  const sum = (field: 'rows' | 'negative' | 'positive' | 'unlabelled' | 'textBytes') =>
    here.reduce((total, day) => total + day[field], 0);
  return {
    days: here,
    toCome: days.length - here.length,
    rows: sum('rows'),
    negative: sum('negative'),
    positive: sum('positive'),
    unlabelled: sum('unlabelled'),
    textBytes: sum('textBytes'),
  };
}

/** `3,600 rows, 52 % positive, 0.4 MB of text` */
export function datasetWords({ rows, positive, unlabelled, textBytes }: ArrivedDataset): string {
  const balance =
    unlabelled === rows ? 'no labels' : `${Math.round((100 * positive) / rows)} % positive`;
  return `${plural(rows, 'row')}, ${balance}, ${bytes(textBytes)} of text`;
}

/** How the days of a dataset come. */
export function arrivalWords(
  { imported }: DatasetSummary,
  { days, toCome }: ArrivedDataset,
): string {
  const last = days.at(-1)?.day ?? 0;
  if (imported)
    return days.length === 1
      ? `All on day ${last}`
      : `On ${plural(days.length, 'day')}, the last is day ${last}`;
  return toCome > 0
    ? `Day ${last} has arrived; ${toCome} more come, one each calendar day since your first visit`
    : `All ${last} days have arrived: nothing new arrives any more`;
}

export interface CountedShare {
  readonly label: string;
  readonly rows: number;
}

export const balanceOf = ({
  negative,
  positive,
  unlabelled,
}: ArrivedDataset): readonly CountedShare[] =>
  [
    { label: 'Positive', rows: positive },
    { label: 'Negative', rows: negative },
    { label: 'Without a label', rows: unlabelled },
  ].filter(({ rows, label }) => rows > 0 || (label !== 'Without a label' && unlabelled === 0));

const MOST_DOMAINS = 8;

/** Largest first; none where there is only the empty one. */
export function domainsOf({ days }: ArrivedDataset): readonly CountedShare[] {
  const rows = new Map<string, number>();
  let others = 0;
  for (const { domains, otherDomains } of days) {
    others += otherDomains;
    for (const [domain, n] of Object.entries(domains))
      rows.set(domain, (rows.get(domain) ?? 0) + n);
  }
  if (rows.size === 1 && rows.has('')) return [];
  const sorted = [...rows].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, MOST_DOMAINS);
  others += sorted.slice(MOST_DOMAINS).reduce((sum, [, n]) => sum + n, 0);
  return [
    ...shown.map(([domain, n]) => ({ label: domain === '' ? 'no domain' : domain, rows: n })),
    ...(others > 0 ? [{ label: 'others', rows: others }] : []),
  ];
}

/** By words of a text. */
export function lengthsOf({ days }: ArrivedDataset): readonly CountedShare[] {
  const all = [...LENGTHS, Infinity].map((most, i) => ({
    label:
      most === Infinity
        ? `over ${LENGTHS.at(-1)} words`
        : `${i === 0 ? 1 : (LENGTHS[i - 1] ?? 0) + 1} to ${most} words`,
    rows: days.reduce((sum, { lengths }) => sum + (lengths[i] ?? 0), 0),
  }));
  const last = all.findLastIndex(({ rows }) => rows > 0);
  return all.slice(
    all.findIndex(({ rows }) => rows > 0),
    last + 1,
  );
}

export interface DayBar {
  readonly first: number;
  readonly last: number;
  readonly rows: number;
  /** 0 to 1 of the highest. */
  readonly height: number;
}

/** At most `most` bars, each of as many days. */
export function dayBars(
  days: readonly { readonly day: number; readonly rows: number }[],
  most: number,
): readonly DayBar[] {
  const [first, last] = [days[0]?.day, days.at(-1)?.day];
  if (first === undefined || last === undefined) return [];
  const width = Math.ceil((last - first + 1) / most);
  const bars = Array.from({ length: Math.ceil((last - first + 1) / width) }, (_, i) => ({
    first: first + i * width,
    last: Math.min(last, first + (i + 1) * width - 1),
    rows: 0,
  }));
  for (const { day, rows } of days) {
    const bar = bars[Math.floor((day - first) / width)];
    if (bar) bar.rows += rows;
  }
  const highest = Math.max(...bars.map(({ rows }) => rows), 1);
  return bars.map((bar) => ({ ...bar, height: bar.rows / highest }));
}

/** `day 4: 60 rows` */
export const barWords = ({ first, last, rows }: DayBar): string =>
  `${first === last ? `day ${first}` : `days ${first} to ${last}`}: ${plural(rows, 'row')}`;

/** A name for what a file holds: `my-reviews.csv.gz` is `my-reviews`. */
export function nameFromFile(file: string): string {
  const plain = file
    .replace(/\.(gz|csv|tsv|tab|txt|jsonl|ndjson|json|parquet)/gi, '')
    .replace(/[^\p{L}\p{N} ._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 60);
  return plain === '' || plain === 'pasted text' ? 'mine' : plain;
}

/** `1,234,567 of 65,862,310 bytes` in short. */
export const progressWords = (done: number, all: number, rows: number): string =>
  `${bytes(done)} of ${bytes(all)}${rows > 0 ? `, ${count(rows)} rows` : ''}`;
