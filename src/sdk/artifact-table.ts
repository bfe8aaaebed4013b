import { MAX_TABLE_COLUMNS, MAX_TABLE_ROWS, type Cell } from '#domain/artifacts.ts';
import { showValue } from '#domain/show-value.ts';

/** NaN, infinities and undefined become null; a date its ISO text, a bigint its digits. */
export type CellInput = string | number | boolean | bigint | Date | null | undefined;

/** Records, one a row; lists, one a row; or a list for each column. */
export type TableInput =
  | readonly Readonly<Record<string, CellInput>>[]
  | readonly (readonly CellInput[])[]
  | Readonly<Record<string, readonly CellInput[]>>;

interface Table {
  readonly type: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * @param names of the columns of rows that are lists
 * @throws TypeError naming row and column of what is no cell; RangeError when it has too many
 */
export function tableOf(input: TableInput, names?: readonly string[]): Table {
  const { columns, rows } = gridOf(input, names);
  if (columns.length > MAX_TABLE_COLUMNS)
    throw tooMany('columns', columns.length, MAX_TABLE_COLUMNS);
  if (rows.length > MAX_TABLE_ROWS) throw tooMany('rows', rows.length, MAX_TABLE_ROWS);
  return {
    type: 'table',
    columns,
    rows: rows.map((row, i) =>
      columns.map((column, c) => cellOf(row[c], `row ${i + 1}, column ${showValue(column)}`)),
    ),
  };
}

interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

function gridOf(input: TableInput, names: readonly string[] | undefined): Grid {
  if (!Array.isArray(input)) {
    if (isPlain(input)) return fromColumns(input);
    throw notATable(input);
  }
  const rows: readonly unknown[] = input;
  if (rows.every((row) => Array.isArray(row))) return fromLists(rows, names);
  const odd = rows.findIndex((row) => !isPlain(row));
  if (odd >= 0) throw notATable(rows[odd], `row ${odd + 1}`);
  return fromRecords(rows.filter(isPlain));
}

function fromLists(rows: readonly (readonly unknown[])[], names: readonly string[] = []): Grid {
  const width = Math.max(names.length, ...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, c) => names[c] ?? `Column ${c + 1}`);
  return { columns, rows };
}

/** All names that any of them has, in the order in which they first come. */
function fromRecords(records: readonly Readonly<Record<string, unknown>>[]): Grid {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.map((record) => columns.map((name) => record[name])) };
}

function fromColumns(lists: Readonly<Record<string, unknown>>): Grid {
  const columns = Object.keys(lists);
  const values = columns.map((name) => {
    const list = lists[name];
    if (Array.isArray(list)) return list as readonly unknown[];
    throw notATable(list, `column ${showValue(name)}`);
  });
  const height = Math.max(0, ...values.map((list) => list.length));
  return {
    columns,
    rows: Array.from({ length: height }, (_, i) => values.map((list) => list[i])),
  };
}

function cellOf(value: unknown, where: string): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  throw new TypeError(
    `artifact.table: ${where} is ${showValue(value)}. A cell is text, a number, true, false or nothing: give JSON.stringify of it, or a column for each of its parts.`,
  );
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);

function notATable(value: unknown, where = 'it'): TypeError {
  return new TypeError(
    `artifact.table takes a list of records, a list of lists, or a record of lists; ${where} is ${showValue(value)}.`,
  );
}

function tooMany(what: string, count: number, most: number): RangeError {
  return new RangeError(
    `artifact.table: ${count} ${what}, and ${most} is the limit. Show a part of them, or sum them up.`,
  );
}
