import type { MetricLine } from '#domain/lines.ts';

export interface Curve {
  readonly path: string;
  readonly last: Spot & { readonly value: number };
  /** Where its name stands: clear of the other line and of the steps below. */
  readonly label: Spot;
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface CurveLayout {
  readonly train?: Curve;
  readonly heldOut?: Curve;
  readonly rules: readonly { readonly y: number; readonly label: string }[];
  readonly first: number;
  readonly lastStep: number;
}

export interface CurveBox {
  readonly width: number;
  readonly height: number;
  /** Room for the labels of the rules, and for the steps below. */
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
}

const LABEL = 14;
/** Kept free for the last step's number. */
const STEP = 28;

/** Loss over iterations, once there are two: x by step, y from the lowest to the highest loss on round numbers. */
export function curveLayout(points: readonly MetricLine[], box: CurveBox): CurveLayout | undefined {
  const steps = points.map(({ step }) => step);
  const losses = points.flatMap(({ values }) => [values['loss'], values['heldOutLoss']]);
  const known = losses.filter((n): n is number => n !== undefined && Number.isFinite(n));
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined || first === last || known.length === 0)
    return undefined;
  const rules = roundRules(Math.min(...known), Math.max(...known));
  const y = scale(rules[0] ?? 0, rules.at(-1) ?? 1, box.height - box.bottom, box.top);
  const x = scale(first, last, box.left, box.width);
  const train = curveOf(points, 'loss', x, y);
  const heldOut = curveOf(points, 'heldOutLoss', x, y);
  return {
    ...(train ? { train: labelled(train, heldOut, box) } : {}),
    ...(heldOut ? { heldOut: labelled(heldOut, train, box) } : {}),
    rules: rules.map((value) => ({ y: y(value), label: String(Number(value.toFixed(2))) })),
    first,
    lastStep: last,
  };
}

function curveOf(
  points: readonly MetricLine[],
  name: string,
  x: (n: number) => number,
  y: (n: number) => number,
): Omit<Curve, 'label'> | undefined {
  const known = points.flatMap(({ step, values }) => {
    const value = values[name];
    return value === undefined || !Number.isFinite(value)
      ? []
      : [{ x: x(step), y: y(value), value }];
  });
  const last = known.at(-1);
  if (!last) return undefined;
  const told = known.map((point) => `${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
  return { path: `M${told.join('L')}`, last };
}

const scale =
  (from: number, to: number, a: number, b: number) =>
  (n: number): number =>
    a + ((n - from) / (to - from || 1)) * (b - a);

/** Two to five round numbers that hold `low` and `high` between them. */
function roundRules(low: number, high: number): readonly number[] {
  const steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
  const rules = steps.map((step) => rulesAt(step, low, high));
  return rules.find((one) => one.length <= 5) ?? [low, high];
}

function rulesAt(step: number, low: number, high: number): readonly number[] {
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** The name stands above its line's end; the lower line's stands below where the lines leave no room between. */
function labelled(
  curve: Omit<Curve, 'label'>,
  other: Omit<Curve, 'label'> | undefined,
  box: CurveBox,
): Curve {
  const { x, y } = curve.last;
  const apart = other ? y - other.last.y : -Infinity;
  const below = apart >= 0 && apart < LABEL + 4;
  const labelY = below ? y + LABEL : Math.max(box.top + 8, y - 5);
  const besideStep = labelY > box.height - box.bottom;
  return { ...curve, label: { x: besideStep ? x - STEP : x, y: labelY } };
}
