import type { ContentHash } from './ids.ts';
import { NAME } from './host-api.ts';
import type { RowBatch, TextRow } from './rows.ts';

/** The corpus that ships with the site. */
export const BUILT_IN_DATASET = 'reviews';

const MEGABYTE = 1024 * 1024;

/** What may be imported. A task that trains holds all texts of a dataset in its worker, and once more split in two. */
export const DATASET_LIMITS = {
  rows: 2_000_000,
  textBytes: 512 * MEGABYTE,
  /** One text: a longer one is no review but a file that was read wrongly. */
  oneTextBytes: MEGABYTE,
  days: 1_000,
  day: 100_000,
} as const;

/** What a day holds, counted while its rows were stored. */
export interface DaySummary {
  readonly rows: number;
  readonly negative: number;
  readonly positive: number;
  readonly unlabelled: number;
  /** Of all texts, UTF-8. */
  readonly textBytes: number;
  /** Rows by domain: the first 50 names that came. */
  readonly domains: Readonly<Record<string, number>>;
  /** Rows of all other domains. */
  readonly otherDomains: number;
  /** `lengths[i]`: rows of up to `LENGTHS[i]` words that are in no entry before; the last: longer ones. */
  readonly lengths: readonly number[];
}

/** Most words of a text in each entry of `DaySummary.lengths` but the last. */
export const LENGTHS = [8, 16, 32, 64, 128, 256, 512] as const;

export interface DatasetSummary {
  readonly name: string;
  /** Over the rows of all its days. */
  readonly contentHash: ContentHash;
  /** Ascending. */
  readonly days: readonly DatasetDaySummary[];
  /** Absent: it ships with the site, and its days arrive by the calendar. */
  readonly imported?: { readonly at: number; readonly from: string; readonly labelled: boolean };
}

export interface DatasetDaySummary extends DaySummary {
  readonly day: number;
  /** Over the rows of this day and of all days before it. */
  readonly contentHash: ContentHash;
}

/** Rows as a page shows them: long texts are cut. */
export interface RowPage {
  readonly rows: readonly (TextRow & { readonly cut: boolean })[];
  /** Of the day. */
  readonly total: number;
}

export interface ImportRequest {
  readonly name: string;
  /** `reviews.csv` */
  readonly from: string;
  /** Of rows that bring none; absent: the day after the last, 1 in a new dataset. */
  readonly day?: number;
  /** Whether rows are added to a dataset of this name that is there already. */
  readonly existing: 'refuse' | 'add';
  /** False: the rows have no labels. */
  readonly labelled: boolean;
}

export type ImportStart =
  | { readonly ok: true; readonly id: string; readonly day: number }
  | { readonly ok: false; readonly reason: string };

/** Rows on their way into a dataset. An empty id: they are numbered by day. */
export interface ImportBatch {
  readonly rows: RowBatch;
  /** Of each row; absent: the day of the import. */
  readonly days?: Uint32Array;
}

export type ImportStep =
  | {
      readonly ok: true;
      /** Rows taken so far. */
      readonly rows: number;
      /** Rows left out so far because their text is in the dataset already. */
      readonly known: number;
    }
  /** The import is over, and nothing of it is kept. */
  | { readonly ok: false; readonly reason: string };

export type ImportEnd =
  | {
      readonly ok: true;
      readonly rows: number;
      readonly known: number;
      readonly days: readonly number[];
    }
  | { readonly ok: false; readonly reason: string };

export type DatasetDeletion =
  { readonly ok: true } | { readonly ok: false; readonly reason: string };

export const datasetNameProblem = (name: string): string | undefined =>
  NAME.test(name)
    ? undefined
    : 'A dataset needs a name of letters, digits, spaces, dots, dashes and underlines that begins with a letter or a digit, at most 100 long.';
