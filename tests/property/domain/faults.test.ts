import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadFault, formatFault, parseFault, type Fault } from '#domain/faults.ts';

const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((f) => f + 0);
const faults: fc.Arbitrary<Fault> = fc.record({
  task: fc.string({ minLength: 1 }).filter((name) => !name.includes(':')),
  attempts: fc
    .uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 })
    .map((attempts) => attempts.sort((a, b) => a - b)),
  effect: fc.oneof(
    fc.constant({ kind: 'throw' } as const),
    fc.constant({ kind: 'flip-labels' } as const),
    fc.record({ kind: fc.constantFrom('hang' as const, 'crash' as const), at: fractions }),
  ),
});

it('a fault comes back from its short form as it was', () => {
  fc.assert(
    fc.property(faults, (fault) => {
      expect(parseFault(formatFault(fault))).toEqual(fault);
    }),
  );
});

it('any text is a fault or refused by name', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'a:1-,@0.hangcrash')), (letters) => {
      try {
        const fault = parseFault(letters.join(''));
        expect(parseFault(formatFault(fault))).toEqual(fault);
      } catch (error) {
        expect(error).toBeInstanceOf(BadFault);
      }
    }),
    { numRuns: 1000 },
  );
});
