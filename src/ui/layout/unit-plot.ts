import type { CalibrationBin, Curve } from '#domain/evaluation.ts';

/** A square whose axes both run from 0 to 1, in pixels. */
export interface UnitBox {
  readonly size: number;
  /** Room left of and below the plot. */
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
  readonly right: number;
}

export interface UnitPlotLayout {
  readonly path: string;
  readonly dots: readonly { readonly x: number; readonly y: number; readonly r: number }[];
  /** What a model without any knowledge, or one that is right about itself, would draw. */
  readonly reference: string;
}

export const UNIT_TICKS = [0, 0.5, 1] as const;

export const unitX = (value: number, box: UnitBox): number =>
  box.left + value * (box.size - box.left - box.right);
export const unitY = (value: number, box: UnitBox): number =>
  box.size - box.bottom - value * (box.size - box.bottom - box.top);

/** Undefined when there is no curve. `level`: a horizontal reference instead of the diagonal. */
export function curvePlot(curve: Curve, box: UnitBox, level?: number): UnitPlotLayout | undefined {
  if (curve.x.length === 0) return undefined;
  const path = curve.x.map((x, i) => at(i === 0 ? 'M' : 'L', x, curve.y[i] ?? 0, box)).join('');
  return { path, dots: [], reference: reference(box, level) };
}

const MOST_RADIUS = 6;

/** A dot a bin, as large as its share of the rows. Undefined when there is none. */
export function calibrationPlot(
  bins: readonly CalibrationBin[],
  box: UnitBox,
): UnitPlotLayout | undefined {
  if (bins.length === 0) return undefined;
  const most = Math.max(...bins.map(({ rows }) => rows));
  return {
    path: bins.map(({ said, found }, i) => at(i === 0 ? 'M' : 'L', said, found, box)).join(''),
    dots: bins.map(({ said, found, rows }) => ({
      x: unitX(said, box),
      y: unitY(found, box),
      r: Math.max(1.5, MOST_RADIUS * Math.sqrt(rows / most)),
    })),
    reference: reference(box),
  };
}

function reference(box: UnitBox, level?: number): string {
  const [from, to] = level === undefined ? [0, 1] : [level, level];
  return at('M', 0, from, box) + at('L', 1, to, box);
}

const at = (command: string, x: number, y: number, box: UnitBox): string =>
  `${command}${unitX(x, box).toFixed(1)} ${unitY(y, box).toFixed(1)}`;
