import * as v from 'valibot';

/** What several stored records and events hold. Fields that are not named are let through: see `record-schemas.ts`. */
export const text = v.string();
export const number = v.number();
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const hash = v.pipe(v.string(), v.regex(/^sha256-[0-9a-f]{64}$/, 'it is no content hash'));
export const bytes = v.instance(ArrayBuffer);
export const some = <S extends v.GenericSchema>(schema: S) => v.optional(schema);
export const kind = v.looseObject({ kind: text });
export const numbers = v.record(text, number);
export const parameters = v.record(text, v.union([number, text, v.boolean()]));

export const state = v.looseObject({
  type: v.picklist([
    'SCHEDULED',
    'PENDING',
    'RUNNING',
    'COMPLETED',
    'FAILED',
    'CRASHED',
    'CANCELLING',
    'CANCELLED',
    'PAUSED',
  ]),
  name: text,
  message: some(text),
});
const retryPolicy = {
  retries: count,
  retryDelaysSeconds: v.pipe(v.array(number), v.minLength(1)),
  retryJitterFactor: number,
  logPrints: v.boolean(),
  recoveries: count,
  timeoutSeconds: some(number),
};
export const flowPolicy = v.looseObject(retryPolicy);
export const taskPolicy = v.looseObject({ ...retryPolicy, tags: v.array(text) });
export const retry = v.looseObject({
  retry: count,
  retries: count,
  delayMs: number,
  position: count,
});
export const fault = v.looseObject({ task: text, attempts: v.array(count), effect: kind });
export const result = v.looseObject({ hash, bytes: count, label: text });
const paired = { rows: count, onlyChallenger: count, onlyChampion: count };
const interval = v.looseObject({ low: number, high: number });
const evidence = v.looseObject({
  metrics: numbers,
  slices: some(v.record(text, v.looseObject({ rows: count, metrics: numbers }))),
  against: some(
    v.union([
      v.literal('none'),
      v.looseObject({
        metrics: numbers,
        challenger: numbers,
        paired: v.looseObject(paired),
        difference: interval,
      }),
    ]),
  ),
});
export const verdict = v.looseObject({
  promoted: v.boolean(),
  conditions: v.array(
    v.looseObject({
      metric: text,
      value: number,
      atLeast: some(number),
      atMost: some(number),
      comparison: some(v.looseObject({ kind: text, margin: number })),
      slice: some(text),
      severity: some(text),
      champion: some(number),
      passed: v.boolean(),
      reason: text,
    }),
  ),
  summary: text,
  reason: text,
  evidence: some(evidence),
  comparison: some(
    v.looseObject({
      ...paired,
      difference: v.looseObject({ value: number, low: number, high: number }),
      mcNemarP: number,
    }),
  ),
  flips: some(
    v.array(v.looseObject({ id: text, text, label: number, champion: number, challenger: number })),
  ),
  warnings: some(v.array(text)),
});
/** What a flow run is and what its first event tells of it. */
export const request = {
  name: text,
  flowId: text,
  flowName: text,
  sourceHash: hash,
  parameters,
  overrides: v.record(text, v.looseObject({})),
  faults: v.array(fault),
  seed: number,
  arrivalDay: number,
  trigger: kind,
  state,
};
