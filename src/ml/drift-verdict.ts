import type { Null } from './drift-null.ts';

export type MeasureName = 'scores' | 'unknownWords' | 'words' | 'labels' | 'accuracy';

export type DriftMeasure =
  | {
      readonly kind: 'measured';
      readonly name: MeasureName;
      /** `Distribution of scores` */
      readonly title: string;
      readonly value: number;
      /** Between these lie all but very few batches of the reference, of this size. */
      readonly low: number;
      readonly high: number;
      /** How far above the middle of those batches it must be to matter. */
      readonly threshold: number;
      /** It fires above this: what chance alone reaches, or what matters, whichever is more. */
      readonly limit: number;
      readonly fired: boolean;
      readonly reason: string;
    }
  | {
      readonly kind: 'skipped';
      readonly name: MeasureName;
      readonly title: string;
      readonly fired: false;
      /** Why it could not be measured. */
      readonly reason: string;
    };

export type Thresholds = Readonly<Record<MeasureName, number>>;

/** What matters, not what can be told from chance: that is the null's part. */
export const THRESHOLDS: Thresholds = {
  scores: 0.1,
  unknownWords: 0.03,
  words: 0.02,
  labels: 0.15,
  accuracy: 0.05,
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const plain = (value: number): string => value.toFixed(3);

interface Said {
  readonly title: string;
  readonly show: (value: number) => string;
  readonly unit: string;
  /** Said of a value below 0, in place of the unit. */
  readonly below?: string;
}

const SAID: Readonly<Record<MeasureName, Said>> = {
  scores: { title: 'Scores', show: plain, unit: 'stability index of the scores' },
  unknownWords: {
    title: 'Unknown words',
    show: percent,
    unit: 'more words that the model does not know',
    below: 'fewer words that the model does not know',
  },
  words: { title: 'Word frequencies', show: plain, unit: 'bits of divergence' },
  labels: { title: 'Labels', show: percent, unit: 'away from the former share of positive labels' },
  accuracy: {
    title: 'Accuracy',
    show: percent,
    unit: 'lost against the held-out rows',
    below: 'gained against the held-out rows',
  },
};

/** Fires above what chance does and above what matters: a small batch has a wide null, a large one still needs an effect. */
export function judge(
  name: MeasureName,
  value: number,
  { low, middle, high }: Null,
  threshold: number,
): DriftMeasure {
  const { title, show, unit, below } = SAID[name];
  const limit = Math.max(high, middle + threshold);
  const fired = value > limit;
  const bound = high > middle + threshold ? 'chance alone reaches' : 'it must exceed';
  const told = below && value < 0 ? `${show(-value)} ${below}` : `${show(value)} ${unit}`;
  const reason = `${told}, and ${bound} ${show(limit)}`;
  return { kind: 'measured', name, title, value, low, high, threshold, limit, fired, reason };
}

export const skipped = (name: MeasureName, reason: string): DriftMeasure => ({
  kind: 'skipped',
  name,
  title: SAID[name].title,
  fired: false,
  reason,
});

/** Five measures share the false alarms, so that a batch like the reference sets off any of them once in 200 times. */
export const FALSE_ALARMS = 0.005;
export const DRAWS = 1000;
