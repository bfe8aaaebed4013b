import { isMetric, METRICS } from '#domain/evaluation.ts';
import { BadGate, EACH_SLICE, type GateCondition, type Severity } from '#domain/gate.ts';
import { showValue } from '#domain/show-value.ts';

/** What a metric must reach. `severity: 'warn'` is told and does not reject. */
export interface Threshold {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly severity?: Severity;
}

/** The challenger beside the champion on the same held-out rows. */
export interface AgainstChampion {
  /** `accuracy` unless another is named. */
  readonly metric?: string;
  /** By how much it may be worse, or must be better; 0 unless given. */
  readonly margin?: number;
  readonly severity?: Severity;
}

type MetricRules = Readonly<Record<string, Threshold>>;

/**
 * Named conditions, all of which must be met: metrics by name (`{ accuracy: { atLeast: 0.9 }, logLoss: { atMost: 0.4 } }`),
 * the champion (`notWorseThan`, `betterThan`), and slices (`{ slices: { 'domain:phones': { accuracy: { atLeast: 0.8 } },
 * each: { accuracy: { atLeast: 0.7 } } } }`; `each` is every slice of 30 rows or more).
 */
export interface GateRules {
  readonly notWorseThan?: 'champion' | AgainstChampion | undefined;
  readonly betterThan?: 'champion' | AgainstChampion | undefined;
  readonly slices?: Readonly<Record<string, MetricRules>>;
  /** Of every condition that names none: `block`. */
  readonly severity?: Severity;
  readonly [metric: string]:
    | Threshold
    | 'champion'
    | AgainstChampion
    | Readonly<Record<string, MetricRules>>
    | Severity
    | undefined;
}

const FRACTIONS: ReadonlySet<string> = new Set(METRICS.filter((metric) => metric !== 'logLoss'));
const OWN_NAMES = ['notWorseThan', 'betterThan', 'slices', 'severity'] as const;
const SEVERITIES: readonly unknown[] = ['block', 'warn'];

/** @throws BadGate when there is no condition, or one cannot be weighed: says which and what to write */
export function conditionsOf(rules: GateRules): readonly GateCondition[] {
  const severity = severityOf('The gate', rules.severity);
  const own: readonly string[] = OWN_NAMES;
  const conditions = [
    ...Object.entries(rules)
      .filter(([name, rule]) => !own.includes(name) && rule !== undefined)
      .map(([metric, rule]) => threshold(metric, rule)),
    ...comparison('notWorseThan', 'not worse', rules.notWorseThan),
    ...comparison('betterThan', 'better', rules.betterThan),
    ...Object.entries(rules.slices ?? {}).flatMap(([slice, metrics]) => ofSlice(slice, metrics)),
  ];
  if (conditions.length === 0)
    throw new BadGate(
      'A gate needs at least one condition, e.g. gate({ accuracy: { atLeast: 0.9 } }).',
    );
  return conditions.map((one) => (severity && !one.severity ? { ...one, severity } : one));
}

function ofSlice(slice: string, metrics: unknown): readonly GateCondition[] {
  if (slice !== EACH_SLICE && !/^(domain|length):./.test(slice))
    throw new BadGate(
      `The gate's slice ${showValue(slice)} is none: write 'domain:phones', 'length:11-20' or each.`,
    );
  if (!isRecord(metrics) || Object.keys(metrics).length === 0)
    throw new BadGate(
      `The gate's slice ${slice} needs conditions: { '${slice}': { accuracy: { atLeast: 0.8 } } }.`,
    );
  return Object.entries(metrics).map(([metric, rule]) => {
    const where = `${metric} of ${slice}`;
    return { ...threshold(known(metric, where), rule, where), slice };
  });
}

function threshold(metric: string, rule: unknown, where = metric): GateCondition {
  const { atLeast, atMost, severity } = isRecord(rule) ? rule : {};
  if ((atLeast === undefined) === (atMost === undefined))
    throw new BadGate(
      `The gate's ${where} needs one threshold, atLeast or atMost: { atLeast: 0.9 }, not ${told(rule)}.`,
    );
  const which = atLeast === undefined ? 'atMost' : 'atLeast';
  const value = atLeast ?? atMost;
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new BadGate(`The gate's ${where} needs a number: { ${which}: 0.9 }, not ${told(value)}.`);
  if (FRACTIONS.has(metric) && (value < 0 || value > 1))
    throw new BadGate(`The gate's ${where} is a fraction from 0 to 1, and ${which} is ${value}.`);
  const own = severityOf(`The gate's ${where}`, severity);
  return { metric, [which]: value, ...(own ? { severity: own } : {}) };
}

function comparison(
  rule: 'notWorseThan' | 'betterThan',
  kind: 'not worse' | 'better',
  given: GateRules['notWorseThan'],
): readonly GateCondition[] {
  if (given === undefined) return [];
  const options: unknown = given === 'champion' ? {} : given;
  if (!isRecord(options))
    throw new BadGate(
      `The gate's ${rule} is 'champion' or { metric: 'accuracy', margin: 0.005 }, not ${told(given)}.`,
    );
  const { metric = 'accuracy', margin = 0, severity } = options;
  if (typeof margin !== 'number' || !(margin >= 0) || margin === Infinity)
    throw new BadGate(
      `The gate's ${rule} has margin ${told(margin)}: it is by how much, a number of 0 or more, like 0.005.`,
    );
  const warn = severityOf(`The gate's ${rule}`, severity);
  return [
    {
      metric: known(metric, rule),
      comparison: { kind, margin },
      ...(warn ? { severity: warn } : {}),
    },
  ];
}

/** What is measured by Nightshift itself must have a name that it knows. */
function known(metric: unknown, where: string): string {
  if (typeof metric === 'string' && isMetric(metric)) return metric;
  throw new BadGate(
    `The gate's ${where} names the metric ${told(metric)}, which is not measured. Take one of ${METRICS.join(', ')}.`,
  );
}

function severityOf(where: string, severity: unknown): Severity | undefined {
  if (severity === undefined) return undefined;
  if (!SEVERITIES.includes(severity))
    throw new BadGate(`${where} has severity ${told(severity)}: it is 'block' or 'warn'.`);
  return severity === 'warn' ? 'warn' : 'block';
}

const told = (value: unknown): string =>
  isRecord(value) ? JSON.stringify(value) : showValue(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
