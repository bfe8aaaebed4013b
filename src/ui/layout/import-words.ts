import type { FileFormat, ImportReport, TextEncoding } from '#domain/import-plan.ts';
import { count, plural } from './numbers.ts';

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

export const FORMATS: readonly Choice<FileFormat>[] = [
  { value: 'delimited', label: 'Rows of text (CSV, TSV)' },
  { value: 'jsonl', label: 'JSONL' },
  { value: 'parquet', label: 'Parquet' },
];

export const ENCODINGS: readonly Choice<TextEncoding>[] = [
  { value: 'utf-8', label: 'UTF-8' },
  { value: 'utf-16le', label: 'UTF-16, little endian' },
  { value: 'utf-16be', label: 'UTF-16, big endian' },
  { value: 'windows-1252', label: 'Windows-1252' },
];

export const DELIMITER_CHOICES: readonly Choice<string>[] = [
  { value: ',', label: 'comma' },
  { value: '\t', label: 'tab' },
  { value: ';', label: 'semicolon' },
  { value: '|', label: 'bar' },
  { value: '', label: 'nothing: one text a line' },
];

export interface Counted {
  readonly label: string;
  readonly value: string;
  /** What it means for the import. */
  readonly note?: string;
}

/** What becomes of the rows of a file, in the order in which it matters. */
export function reportRows(report: ImportReport, leaveOutRepeats: boolean): readonly Counted[] {
  const { read, rows, positive, negative, unlabelled } = report;
  const repeats = leaveOutRepeats ? 'left out' : 'kept; the split keeps one text on one side';
  return [
    { label: 'Rows read', value: count(read) },
    { label: 'Rows to import', value: count(rows) },
    ...(unlabelled === rows && rows > 0
      ? [{ label: 'Without a label', value: count(unlabelled) }]
      : [
          { label: 'Positive', value: count(positive) },
          { label: 'Negative', value: count(negative) },
        ]),
    { label: 'Empty texts', value: count(report.emptyTexts), note: 'left out' },
    { label: 'Labels outside the mapping', value: count(report.unmappedRows), note: 'left out' },
    { label: 'Repeated texts', value: count(report.repeated), note: repeats },
    { label: 'Repeated with the other label', value: count(report.conflicting), note: repeats },
    { label: 'Rows that cannot be used', value: count(report.problemRows), note: 'left out' },
  ];
}

/** `Import 50,000 rows` */
export const importWords = ({ rows }: ImportReport): string => `Import ${plural(rows, 'row')}`;
