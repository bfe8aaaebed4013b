import { DATASET_LIMITS } from '#domain/datasets.ts';
import type { ImportPlan, ImportReport, RawRow, RowProblem } from '#domain/import-plan.ts';
import { labelReader } from '#domain/label-mapping.ts';
import { UNLABELLED } from '#domain/rows.ts';
import { SeenTexts } from '#domain/seen-texts.ts';
import { notesOn } from './report-notes.ts';

const MOST_PROBLEMS = 100;
const MOST_VALUES = 20;

/** A row that is to be imported. */
export interface MappedRow {
  readonly id: string;
  readonly domain: string;
  readonly label: number;
  /** UTF-8 */
  readonly text: Uint8Array;
  readonly day: number | undefined;
}

/** Turns raw rows into those of a dataset by a plan, and counts what becomes of each. */
export class RowMapper {
  readonly #plan: ImportPlan;
  readonly #columns: number;
  readonly #labelOf: (value: string) => 0 | 1 | undefined;
  readonly #encoder = new TextEncoder();
  readonly #seen = new SeenTexts();
  readonly #unmapped = new Map<string, number>();
  readonly #problems: RowProblem[] = [];
  readonly #counts = {
    read: 0,
    rows: 0,
    negative: 0,
    positive: 0,
    unlabelled: 0,
    emptyTexts: 0,
    unmappedRows: 0,
    repeated: 0,
    conflicting: 0,
    problemRows: 0,
  };
  #textBytes = 0;
  #firstDay = Infinity;
  #lastDay = 0;

  constructor(plan: ImportPlan, columns: number) {
    this.#plan = plan;
    this.#columns = columns;
    this.#labelOf = labelReader(plan.labels);
  }

  /** Undefined: it is left out, and counted. */
  map(row: RawRow): MappedRow | undefined {
    this.#counts.read++;
    const { cells, line, problem = this.#widthProblem(row) } = row;
    if (problem !== undefined) return this.#refuse(line, problem);
    const { roles } = this.#plan;
    const written = cells[roles.text] ?? '';
    if (written.trim() === '') {
      this.#counts.emptyTexts++;
      return undefined;
    }
    const day = this.#dayOf(row);
    if (typeof day === 'string') return this.#refuse(line, day);
    const text = this.#encoder.encode(written);
    if (text.length > DATASET_LIMITS.oneTextBytes) return this.#refuse(line, tooLong(text.length));
    const label = this.#label(cells);
    if (label === undefined || this.#leavesOut(text, label)) return undefined;
    this.#count(text.length, label, day);
    return {
      id: cellAt(cells, roles.id),
      domain: cellAt(cells, roles.domain),
      label,
      text,
      day,
    };
  }

  /** Why there cannot be more rows; undefined: there can. */
  get overLimit(): string | undefined {
    const { rows, textBytes } = DATASET_LIMITS;
    if (this.#counts.rows > rows)
      return `There are more than ${rows.toLocaleString('en-US')} rows: a task that trains has to hold them all in memory, and more would not fit. Import a part of the file.`;
    if (this.#textBytes > textBytes)
      return `There are more than ${textBytes / 1024 / 1024} MB of text: a task that trains has to hold it in memory, and more would not fit. Import a part of the file.`;
    return undefined;
  }

  report(damagedLines: number, stopped: string | undefined): ImportReport {
    const counted = {
      ...this.#counts,
      unmapped: [...this.#unmapped].map(([value, rows]) => ({ value, rows })),
      problems: this.#problems,
      damagedLines,
      ...(this.#lastDay > 0 ? { firstDay: this.#firstDay, lastDay: this.#lastDay } : {}),
      ...(stopped === undefined ? {} : { stopped }),
    };
    return { ...counted, notes: notesOn(counted, this.#plan) };
  }

  #widthProblem({ cells }: RawRow): string | undefined {
    return cells.length === this.#columns
      ? undefined
      : `it has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} where ${this.#columns} are expected. Mend the line, or look at the delimiter and the quotes.`;
  }

  #label(cells: readonly string[]): number | undefined {
    const { label } = this.#plan.roles;
    if (label === undefined) return UNLABELLED;
    const value = cells[label] ?? '';
    const found = this.#labelOf(value);
    if (found === undefined) this.#countUnmapped(value.trim().slice(0, 60));
    return found;
  }

  #countUnmapped(value: string): void {
    this.#counts.unmappedRows++;
    const known = this.#unmapped.get(value);
    if (known !== undefined || this.#unmapped.size < MOST_VALUES)
      this.#unmapped.set(value, (known ?? 0) + 1);
  }

  #leavesOut(text: Uint8Array, label: number): boolean {
    const seen = this.#seen.add(text, 0, text.length, label);
    if (seen === 'new') return false;
    this.#counts[seen === 'same' ? 'repeated' : 'conflicting']++;
    return this.#plan.leaveOutRepeats;
  }

  #dayOf({ cells }: RawRow): number | undefined | string {
    const { day: column } = this.#plan.roles;
    if (column === undefined) return undefined;
    const written = (cells[column] ?? '').trim();
    const day = Number(written);
    return written !== '' && Number.isInteger(day) && day >= 1 && day <= DATASET_LIMITS.day
      ? day
      : `its day is '${written.slice(0, 40)}', and a day is a whole number from 1 to ${DATASET_LIMITS.day}. Mend it, or choose no day column.`;
  }

  #count(bytes: number, label: number, day: number | undefined): void {
    this.#counts.rows++;
    this.#counts[label === 1 ? 'positive' : label === 0 ? 'negative' : 'unlabelled']++;
    this.#textBytes += bytes;
    if (day === undefined) return;
    this.#firstDay = Math.min(this.#firstDay, day);
    this.#lastDay = Math.max(this.#lastDay, day);
  }

  #refuse(line: number, message: string): undefined {
    this.#counts.problemRows++;
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ line, message });
    return undefined;
  }
}

const cellAt = (cells: readonly string[], column: number | undefined): string =>
  column === undefined ? '' : (cells[column] ?? '').trim().slice(0, 200);

const tooLong = (bytes: number): string =>
  `its text has ${(bytes / 1024 / 1024).toFixed(1)} MB, and one text has at most ${DATASET_LIMITS.oneTextBytes / 1024 / 1024} MB. Split it, or look for a quote that does not close.`;
