import * as v from 'valibot';
import { MAX_SLICE_NAME, MAX_SLICES } from './evaluation.ts';
import { MAX_FLIP_TEXT, MAX_FLIPS } from './gate.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const difference = v.pipe(v.number(), v.minValue(-1), v.maxValue(1));
const MAX_METRICS = 50;
const MAX_SLICE_METRICS = 12;

const metricsUpTo = (max: number) =>
  v.pipe(
    v.record(text(60), v.number()),
    v.check((record) => Object.keys(record).length <= max, `more than ${max} metrics`),
  );
/** Of an author's worker: any names, and numbers. */
export const metrics = metricsUpTo(MAX_METRICS);

const condition = v.pipe(
  v.object({
    metric: text(60),
    atLeast: v.optional(v.number()),
    atMost: v.optional(v.number()),
    comparison: v.optional(
      v.object({
        kind: v.picklist(['not worse', 'better']),
        margin: v.pipe(v.number(), v.finite(), v.minValue(0)),
      }),
    ),
    slice: v.optional(text(MAX_SLICE_NAME)),
    severity: v.optional(v.picklist(['block', 'warn'])),
  }),
  v.check(
    ({ atLeast, atMost, comparison }) =>
      [atLeast, atMost, comparison].filter((one) => one !== undefined).length === 1,
    'it needs one of atLeast, atMost and comparison',
  ),
  v.check(
    ({ comparison, slice }) => comparison === undefined || slice === undefined,
    'a comparison is over all rows, not a slice',
  ),
);
export const gateConditions = v.pipe(v.array(condition), v.minLength(1), v.maxLength(50));

export const gateEvidence = v.object({
  metrics,
  slices: v.optional(
    v.pipe(
      v.record(
        text(MAX_SLICE_NAME),
        v.object({ rows: count, metrics: metricsUpTo(MAX_SLICE_METRICS) }),
      ),
      v.check((record) => Object.keys(record).length <= MAX_SLICES, 'too many slices'),
    ),
  ),
  against: v.optional(
    v.union([
      v.literal('none'),
      v.object({
        version: v.optional(count),
        metrics: metricsUpTo(MAX_SLICE_METRICS),
        challenger: metricsUpTo(MAX_SLICE_METRICS),
        paired: v.pipe(
          v.object({ rows: count, onlyChallenger: count, onlyChampion: count }),
          v.check((one) => one.onlyChallenger + one.onlyChampion <= one.rows, 'more than the rows'),
        ),
        difference: v.object({ low: difference, high: difference }),
        heldOutSeen: v.optional(count),
      }),
    ]),
  ),
});

export const gateFlips = v.pipe(
  v.array(
    v.object({
      id: text(200),
      text: text(MAX_FLIP_TEXT),
      label: v.picklist([0, 1]),
      champion: fraction,
      challenger: fraction,
    }),
  ),
  v.maxLength(MAX_FLIPS),
);
