import type { ImportBatch } from './datasets.ts';
import type { LabelMapping } from './label-mapping.ts';

export type FileFormat = 'delimited' | 'jsonl' | 'parquet';
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How bytes become rows. */
export interface Reading {
  readonly format: FileFormat;
  /** Of text formats. */
  readonly encoding: TextEncoding;
  /** Between cells; empty: a line is one cell. */
  readonly delimiter: string;
  /** Whether `"` encloses cells; false: it is a character like any other. */
  readonly quotes: boolean;
  /** Whether the first row names the columns. */
  readonly header: boolean;
}

/** Which column is what, by position. */
export interface ColumnRoles {
  readonly text: number;
  /** Absent: the rows have no labels. */
  readonly label?: number;
  readonly id?: number;
  readonly domain?: number;
  readonly day?: number;
}

export interface ImportPlan {
  readonly reading: Reading;
  readonly roles: ColumnRoles;
  /** Of the label column. */
  readonly labels: LabelMapping;
  /** True: of rows with the same text only the first is taken. */
  readonly leaveOutRepeats: boolean;
}

export interface ImportPreview {
  /** As found, or as asked for. */
  readonly reading: Reading;
  readonly gzip: boolean;
  /** Of the file as it lies there. */
  readonly bytes: number;
  readonly columns: readonly string[];
  /** Guessed from the names and the first rows. */
  readonly roles: ColumnRoles;
  readonly labels: LabelMapping;
  /** For each column its different values among the first rows; absent where there are more than 20. */
  readonly values: readonly (readonly string[] | undefined)[];
  /** The first rows; long cells are cut. */
  readonly rows: readonly RawRow[];
  /** What a person should look at before going on. */
  readonly notes: readonly ImportNote[];
}

export interface ImportNote {
  readonly message: string;
  /** A change that would mend it. */
  readonly offer?: { readonly label: string; readonly reading: Partial<Reading> };
}

export interface RawRow {
  /** Of its first line in the file, or of the row in a Parquet file; counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be used. */
  readonly problem?: string;
}

export type ImportOpened =
  | { readonly ok: true; readonly preview: ImportPreview }
  | { readonly ok: false; readonly reason: string };

/** What reading all of it with a plan would bring. */
export interface ImportReport {
  /** Rows in the file, the header excepted. */
  readonly read: number;
  /** Rows that would be imported. */
  readonly rows: number;
  readonly negative: number;
  readonly positive: number;
  readonly unlabelled: number;
  readonly emptyTexts: number;
  /** Rows whose label is mapped to neither, by label: the 20 that came first. */
  readonly unmapped: readonly { readonly value: string; readonly rows: number }[];
  readonly unmappedRows: number;
  /** Rows whose text came before with the same label, and with the other one. */
  readonly repeated: number;
  readonly conflicting: number;
  /** Rows that cannot be used: the first 100. */
  readonly problems: readonly RowProblem[];
  readonly problemRows: number;
  /** Lines that hold bytes of another encoding. */
  readonly damagedLines: number;
  /** Of rows that bring a day. */
  readonly firstDay?: number;
  readonly lastDay?: number;
  /** What will stand in the way of training; it may be imported all the same. */
  readonly notes: readonly ImportNote[];
  /** Why the file could not be read to its end: then nothing of it is imported. */
  readonly stopped?: string;
}

export interface RowProblem {
  readonly line: number;
  readonly message: string;
}

export interface ImportProgress {
  /** Of the file as it lies there. */
  readonly bytes: number;
  readonly rows: number;
}

/** What the page asks of the import worker, over Comlink. Both sides are ours. */
export interface ImporterApi {
  /** Hears of progress. */
  listen(port: MessagePort): Promise<void>;
  /** Looks at the first rows. @param reading what the person chose; the rest is found */
  open(source: Blob, name: string, reading?: Partial<Reading>): Promise<ImportOpened>;
  /** Reads all rows and keeps none. Undefined when it was cancelled. */
  check(plan: ImportPlan): Promise<ImportReport | undefined>;
  /** Begins to read all rows; `next` gives them. */
  start(plan: ImportPlan): Promise<void>;
  /** Undefined: there are no more, or it was cancelled. @throws Error when the file cannot be read on */
  next(): Promise<ImportBatch | undefined>;
  cancel(): Promise<void>;
}
