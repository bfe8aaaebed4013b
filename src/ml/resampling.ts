import { drawing } from './poisson.ts';
import type { Cells } from './ranked-metrics.ts';
import type { Ranked } from './ranked.ts';

/** More rows than this are drawn in groups: 25,000 rows would take a second and more. */
const SINGLY_UP_TO = 1000;
const GROUPS = 400;

export interface Resampling {
  readonly cells: Cells;
  /** How often each cell is drawn; the array is used again. */
  readonly draw: () => Float64Array;
}

/**
 * Resamples rows one by one, or many rows in about 400 groups of neighbours, each parted by label. A group counts with
 * its mean, never lies across the score of 0 or the end of a calibration bin, and ties within it count half: its
 * intervals are those of the rows but for the fourth digit.
 */
export function resampling(ranked: Ranked, seed: number): Resampling {
  if (ranked.count <= SINGLY_UP_TO)
    return { cells: ranked, draw: drawing(new Float64Array(ranked.count).fill(1), seed) };
  const { rows, ...cells } = grouped(ranked, groupStarts(ranked));
  return { cells, draw: drawing(rows, seed) };
}

/** Where groups begin, and the end of the last. */
function groupStarts({ count, called, bins }: Ranked): readonly number[] {
  const size = Math.ceil(count / GROUPS);
  const starts: number[] = [];
  for (let row = 0; row < count; row++) {
    const isNew = row === called || bins[row] !== bins[row - 1];
    if (row === 0 || isNew || row - (starts.at(-1) ?? 0) >= size) starts.push(row);
  }
  return [...starts, count];
}

/** Two cells a group: its positive rows, then its negative ones. */
function grouped(
  ranked: Ranked,
  starts: readonly number[],
): Cells & { readonly rows: Float64Array } {
  const count = 2 * (starts.length - 1);
  const cells = {
    count,
    called: 2 * starts.indexOf(ranked.called),
    labels: Uint8Array.from({ length: count }, (_, cell) => (cell % 2 === 0 ? 1 : 0)),
    lastOfTie: Uint8Array.from({ length: count }, (_, cell) => cell % 2),
    bins: new Uint8Array(count),
    errors: new Float64Array(count),
    squares: new Float64Array(count),
    losses: new Float64Array(count),
    rows: new Float64Array(count),
  };
  for (let group = 0; group + 1 < starts.length; group++)
    for (let row = starts[group]!; row < starts[group + 1]!; row++) {
      const cell = 2 * group + (ranked.labels[row] === 1 ? 0 : 1);
      cells.bins[cell] = ranked.bins[row]!;
      cells.rows[cell]! += 1;
      cells.errors[cell]! += ranked.errors[row]!;
      cells.squares[cell]! += ranked.squares[row]!;
      cells.losses[cell]! += ranked.losses[row]!;
    }
  for (const sums of [cells.errors, cells.squares, cells.losses])
    sums.forEach((sum, cell) => (sums[cell] = sum / Math.max(1, cells.rows[cell] ?? 0)));
  return cells;
}
