import fc from 'fast-check';
import type { Fault } from '#domain/faults.ts';
import type { TaskOverride } from '#domain/policies.ts';
import { DEFAULT_SCENARIO, type Scenario } from '#domain/scenario.ts';

/** Names that records of untrusted data drop. */
const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor']);

const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !FORBIDDEN.has(text));
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0);
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((x) => x + 0);
const few = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true });

const override: fc.Arbitrary<TaskOverride> = fc.record(
  {
    retries: fc.nat(50),
    retryDelaySeconds: fc.oneof(seconds, fc.array(seconds, { minLength: 1, maxLength: 5 })),
    timeoutSeconds: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  },
  { requiredKeys: [] },
);

const fault: fc.Arbitrary<Fault> = fc.record({
  task: name,
  attempts: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
  effect: fc.oneof(
    fc.constant({ kind: 'throw' } as const),
    fc.constant({ kind: 'flip-labels' } as const),
    fc.record({ kind: fc.constantFrom('hang' as const, 'crash' as const), at: fraction }),
  ),
});

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

/** Every scenario that a link can hold. */
export const anyScenario: fc.Arbitrary<Scenario> = fc
  .record(
    {
      flowId: name,
      parameters: few(fc.oneof(number, fc.string(), fc.boolean())),
      overrides: few(override),
      faults: fc.array(fault, { maxLength: 5 }),
      seed: fc.maxSafeNat(),
      arrivalDay: fc.nat(60),
      view: fc.record(
        { task: name, attempt: fc.integer({ min: 1, max: 50 }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...DEFAULT_SCENARIO, ...some }));
