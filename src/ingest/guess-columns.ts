import type { ColumnRoles } from '#domain/import-plan.ts';
import { guessLabels, normalLabel } from '#domain/label-mapping.ts';

type Cells = readonly string[];

const NAMES = {
  text: /^(text|review|reviews?[ _]?(text|body)|sentence|content|body|comment|tweet|message|phrase|document)$/i,
  label: /^(labels?|sentiment|class|target|polarity|stars?|ratings?|scores?|overall|y)$/i,
  id: /^(id|uid|uuid|guid|key|.+[ _]id)$/i,
  domain: /^(domain|category|topic|product|source|genre)$/i,
  day: /^day$/i,
} as const;

const MOST_VALUES = 20;
const LONGEST_LABEL = 30;

/** The different values of each column; undefined where they are many or long. */
export function columnValues(
  rows: readonly Cells[],
  columns: number,
): readonly (Cells | undefined)[] {
  return Array.from({ length: columns }, (_, column) => {
    const values = new Set<string>();
    for (const cells of rows) {
      const value = (cells[column] ?? '').trim();
      if (value.length > LONGEST_LABEL) return undefined;
      values.add(value);
      if (values.size > MOST_VALUES) return undefined;
    }
    return [...values].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  });
}

/** Names first; what they do not tell, the cells do. */
export function guessRoles(columns: Cells, rows: readonly Cells[]): ColumnRoles {
  const named = (role: keyof typeof NAMES): number =>
    columns.findIndex((name) => NAMES[role].test(name.trim()));
  const byName = named('text');
  const text = byName >= 0 ? byName : longest(columns, rows);
  const label = named('label') >= 0 ? named('label') : labelColumn(columns, rows, text);
  const rest = { id: named('id'), domain: named('domain'), day: named('day') };
  const taken = new Set([text]);
  const roles: { -readonly [R in keyof ColumnRoles]: ColumnRoles[R] } = { text };
  for (const [role, column] of [['label', label], ...Object.entries(rest)] as const) {
    if (column < 0 || taken.has(column)) continue;
    taken.add(column);
    roles[role as keyof typeof rest | 'label'] = column;
  }
  return roles;
}

/** Whether the first row names the columns: short, different, no numbers, and known or unlike what is below. */
export function looksLikeHeader([first, ...rows]: readonly Cells[]): boolean {
  if (!first || first.some((cell) => cell.trim() === '' || cell.length > 40 || isNumber(cell)))
    return false;
  if (first.some((cell) => Object.values(NAMES).some((name) => name.test(cell.trim()))))
    return true;
  if (first.length < 2 || rows.length === 0) return false;
  const values = columnValues(rows, first.length);
  return first.some((cell, i) => {
    const below = values[i];
    return below !== undefined && below.every(isNumber) && !below.includes(cell.trim());
  });
}

function longest(columns: Cells, rows: readonly Cells[]): number {
  const lengths = columns.map((_, i) =>
    rows.reduce((sum, cells) => sum + (cells[i]?.length ?? 0), 0),
  );
  return Math.max(0, lengths.indexOf(Math.max(...lengths)));
}

function labelColumn(columns: Cells, rows: readonly Cells[], text: number): number {
  const values = columnValues(rows, columns.length);
  return columns.findIndex((_, i) => {
    const found = values[i];
    if (i === text || !found || found.length > 10) return false;
    const { positive, negative } = guessLabels(found);
    return (
      positive.length + negative.length > 0 && found.map(normalLabel).every((one) => one !== '')
    );
  });
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));
