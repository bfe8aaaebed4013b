import type { ModelRow } from './model-rows.ts';
import { shortHash, versionName } from './model-rows.ts';
import { bytes, count } from './numbers.ts';

/** One thing that two versions have, side by side. */
export interface ComparedFact {
  readonly group: 'Metrics' | 'Parameters' | 'Data' | 'Code' | 'Training' | 'File';
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** Signed, for numbers: after minus before. */
  readonly difference?: string;
  readonly same: boolean;
}

const NONE = 'not known';

/** Everything that is known of both or either, in the order of the groups. */
export function compareVersions(before: ModelRow, after: ModelRow): readonly ComparedFact[] {
  return [
    ...numbersOf('Metrics', before.metrics, after.metrics),
    ...textsOf('Parameters', parametersOf(before), parametersOf(after)),
    ...textsOf('Data', dataOf(before), dataOf(after)),
    ...textsOf('Code', codeOf(before), codeOf(after)),
    ...textsOf('Training', trainingOf(before), trainingOf(after)),
    ...textsOf('File', fileOf(before), fileOf(after)),
  ];
}

type Values<T> = Readonly<Record<string, T | undefined>>;

const keysOf = <T>(a: Values<T>, b: Values<T>): readonly string[] => [
  ...new Set([...Object.keys(a), ...Object.keys(b)]),
];

function numbersOf(
  group: ComparedFact['group'],
  before: Values<number>,
  after: Values<number>,
): readonly ComparedFact[] {
  return keysOf(before, after).map((name) => {
    const [a, b] = [before[name], after[name]];
    const shown = (value: number | undefined) => (value === undefined ? NONE : figure(value));
    const fact = {
      group,
      name: metricName(name),
      before: shown(a),
      after: shown(b),
      same: a === b,
    };
    if (a === undefined || b === undefined || a === b) return fact;
    return { ...fact, difference: signed(b - a) };
  });
}

function textsOf(
  group: ComparedFact['group'],
  before: Values<string>,
  after: Values<string>,
): readonly ComparedFact[] {
  return keysOf(before, after).flatMap((name) => {
    const [a, b] = [before[name], after[name]];
    if (a === undefined && b === undefined) return [];
    // Hashes are compared whole and shown short.
    const shown = (value: string | undefined) => (value === undefined ? NONE : shortHash(value));
    return [{ group, name, before: shown(a), after: shown(b), same: a === b }];
  });
}

function parametersOf({ record }: ModelRow): Values<string> {
  const parameters = Object.entries(record?.lineage.parameters ?? {});
  return Object.fromEntries(parameters.map(([name, value]) => [name, String(value)]));
}

function dataOf({ record, snapshot, trainedRows }: ModelRow): Values<string> {
  const data = record?.lineage.data;
  return {
    Dataset: data?.dataset,
    'Arrived by day': data && String(data.until),
    'Training rows': trainedRows === undefined ? undefined : count(trainedRows),
    'Held-out rows': data && count(data.counts.heldOut),
    'Labels turned round': data?.flipped === undefined ? undefined : String(data.flipped),
    Snapshot: snapshot,
  };
}

const codeOf = ({ record }: ModelRow): Values<string> => ({
  'Hash of the source': record?.lineage.sourceHash,
});

const trainingOf = ({ seed, backend, record }: ModelRow): Values<string> => ({
  Seed: String(seed),
  Backend: backend,
  Run: record?.lineage.flowRunName,
  'Imported from': record?.lineage.file?.name,
});

const fileOf = ({ features, bytes: size }: ModelRow): Values<string> => ({
  Features: features === undefined ? undefined : count(features),
  Size: bytes(size),
});

const METRIC_NAMES: Readonly<Record<string, string>> = {
  low: 'accuracy, low end of 95 %',
  high: 'accuracy, high end of 95 %',
};

/** `heldOut` as `held out` */
const metricName = (name: string): string =>
  METRIC_NAMES[name] ??
  name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

const figure = (value: number): string =>
  Number.isInteger(value) ? count(value) : value.toFixed(3);

/** `+0.012`, `−3` */
export function signed(value: number): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  return `${sign}${figure(Math.abs(value))}`;
}

/** What changed from one to the other, in a sentence. */
export function comparisonSentence(
  before: ModelRow,
  after: ModelRow,
  facts: readonly ComparedFact[],
): string {
  const accuracy = facts.find(({ name }) => name === 'accuracy');
  const names = `${versionName(before.version)} and ${versionName(after.version)}`;
  const differing = [...new Set(facts.filter(({ same }) => !same).map(({ group }) => group))];
  if (differing.length === 0) return `Nothing that is known of ${names} differs.`;
  const said = accuracy?.difference
    ? `From ${versionName(before.version)} to ${versionName(after.version)} the accuracy changes by ${accuracy.difference}. `
    : '';
  return `${said}${names} differ in ${differing.map((one) => one.toLowerCase()).join(', ')}.`;
}
