import type { ArtifactContent, ArtifactType, Cell } from '#domain/artifacts.ts';
import type { ArtifactView } from '#domain/artifact-view.ts';
import type { RunView } from '#domain/run-view.ts';
import type { ChartContent } from './chart.ts';
import { plural } from './numbers.ts';
import { visibleText } from './visible-text.ts';

export const TYPE_NAMES: Readonly<Record<ArtifactType, string>> = {
  markdown: 'Text',
  table: 'Table',
  progress: 'Progress',
  link: 'Link',
  image: 'Image',
  file: 'File',
  chart: 'Chart',
  evaluation: 'Evaluation',
};

/** Which attempt made it, when a task did. */
export function makerOf(
  view: RunView,
  { taskRunId, attempt }: Pick<ArtifactView, 'taskRunId' | 'attempt'>,
): { readonly taskRun: string; readonly attempt: number } | undefined {
  const taskRun = view.taskRuns.find(({ id }) => id === taskRunId);
  return taskRun && { taskRun: taskRun.name, attempt };
}

/** `33.3 %`; a whole number without its tenth. */
export const progressText = (progress: number): string =>
  `${Number((Math.floor(progress * 10) / 10).toFixed(1))} %`;

const CELL_CHARACTERS = 500;

/** What a cell says; long text is cut. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell !== 'string') return String(cell);
  const text = visibleText(cell.slice(0, CELL_CHARACTERS));
  return cell.length <= CELL_CHARACTERS ? text : `${text}…`;
}

/** At most six digits after the point, so that columns can be compared. */
const numberText = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) < 1e-4
    ? String(value)
    : String(Number(value.toFixed(6)));

/** Numbers stand right, one under the other. */
export const isNumberColumn = (rows: readonly (readonly Cell[])[], column: number): boolean =>
  rows.some((row) => typeof row[column] === 'number') &&
  rows.every((row) => row[column] === null || typeof row[column] === 'number');

/** What a chart shows, for those who do not see it. */
export function chartWords({ chart, x, series, xLabel, yLabel }: ChartContent): string {
  const kind = chart === 'line' ? 'Line chart' : 'Bar chart';
  const of = yLabel ? ` of ${yLabel}` : '';
  const over = xLabel ? ` over ${xLabel}` : '';
  const told = series.map(({ name, values }) => `${name}: ${seriesWords(x, values)}.`);
  return [`${kind}${of}${over}, ${plural(x.length, 'place')}.`, ...told].join(' ');
}

function seriesWords(x: ChartContent['x'], values: readonly (number | null)[]): string {
  const known = values.flatMap((value, i) => (value === null ? [] : [{ value, at: x[i] ?? i }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return 'no value';
  if (known.length === 1) return `${numberText(first.value)} at ${first.at}`;
  const low = known.reduce((least, one) => (one.value < least.value ? one : least));
  const high = known.reduce((most, one) => (one.value > most.value ? one : most));
  return `from ${numberText(first.value)} at ${first.at} to ${numberText(last.value)} at ${last.at}, lowest ${numberText(low.value)} at ${low.at}, highest ${numberText(high.value)} at ${high.at}`;
}

/** The numbers of a chart as a table. */
export function chartTable({
  x,
  series,
  xLabel,
}: ChartContent): Omit<Extract<ArtifactContent, { type: 'table' }>, 'type'> {
  return {
    columns: [xLabel ?? 'x', ...series.map(({ name }) => name)],
    rows: x.map((place, i) => [place, ...series.map(({ values }) => values[i] ?? null)]),
  };
}
