import type { Bar, Row, Selection } from './timeline.ts';

export const sameSelection = (a: Selection | undefined, b: Selection | undefined): boolean =>
  a?.taskRunId === b?.taskRunId && a?.attempt === b?.attempt;

const barsOf = (rows: readonly Row[]): readonly Bar[] => rows.flatMap((row) => row.bars);

/** The bar that takes the tab stop: the one that was visited, else the chosen one, else the last. */
export function tabStop(
  rows: readonly Row[],
  visited: string | undefined,
  selected: Selection | undefined,
): string | undefined {
  const bars = barsOf(rows);
  const kept = bars.find((bar) => bar.key === visited);
  const chosen = bars.find(
    (bar) => selected !== undefined && sameSelection(bar.selection, selected),
  );
  return (kept ?? chosen ?? bars.at(-1))?.key;
}

/** Where a key leads from a bar: along its row, or to the nearest bar of the next row that has one. */
export function walkBars(rows: readonly Row[], from: string, key: string): Bar | undefined {
  const r = rows.findIndex((row) => row.bars.some((bar) => bar.key === from));
  const row = rows[r];
  const i = row?.bars.findIndex((bar) => bar.key === from) ?? -1;
  const bar = row?.bars[i];
  if (!row || !bar) return undefined;
  switch (key) {
    case 'ArrowLeft':
      return row.bars[i - 1] ?? rowWithBars(rows, r, -1)?.bars.at(-1);
    case 'ArrowRight':
      return row.bars[i + 1] ?? rowWithBars(rows, r, 1)?.bars[0];
    case 'ArrowUp':
      return nearest(rowWithBars(rows, r, -1), bar.left);
    case 'ArrowDown':
      return nearest(rowWithBars(rows, r, 1), bar.left);
    case 'Home':
      return barsOf(rows)[0];
    case 'End':
      return barsOf(rows).at(-1);
    default:
      return undefined;
  }
}

function rowWithBars(rows: readonly Row[], from: number, step: number): Row | undefined {
  for (let r = from + step; r >= 0 && r < rows.length; r += step)
    if ((rows[r]?.bars.length ?? 0) > 0) return rows[r];
  return undefined;
}

function nearest(row: Row | undefined, left: number): Bar | undefined {
  return row?.bars.reduce((best, bar) =>
    Math.abs(bar.left - left) < Math.abs(best.left - left) ? bar : best,
  );
}
