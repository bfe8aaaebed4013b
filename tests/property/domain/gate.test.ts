import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideGate, type GateCondition } from '#domain/gate.ts';
import { exactMcNemar } from '#domain/paired-tests.ts';

const SEED = 20261124;
const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const passes = (condition: GateCondition, accuracy: number): boolean =>
  decideGate([condition], { metrics: { accuracy } }).promoted;

describe('a gate', () => {
  test('that passes at a threshold passes at every lower one', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (accuracy, a, b) => {
        const [lower, higher] = [Math.min(a, b), Math.max(a, b)];
        if (passes({ metric: 'accuracy', atLeast: higher }, accuracy))
          expect(passes({ metric: 'accuracy', atLeast: lower }, accuracy)).toBe(true);
        if (passes({ metric: 'accuracy', atMost: lower }, accuracy))
          expect(passes({ metric: 'accuracy', atMost: higher }, accuracy)).toBe(true);
      }),
      { seed: SEED },
    );
  });

  test('is not closed by a condition that only warns', () => {
    fc.assert(
      fc.property(fraction, fraction, (accuracy, atLeast) => {
        const warned: GateCondition = { metric: 'accuracy', atLeast, severity: 'warn' };
        const verdict = decideGate([warned], { metrics: { accuracy } });
        expect(verdict.promoted).toBe(true);
        expect(verdict.warnings?.length ?? 0).toBe(accuracy < atLeast ? 1 : 0);
      }),
      { seed: SEED },
    );
  });
});

describe("McNemar's exact test", () => {
  test('is the same whichever model is called the challenger, and a probability', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (a, b) => {
        const one = exactMcNemar({ rows: a + b, onlyChallenger: a, onlyChampion: b });
        expect(one).toBe(exactMcNemar({ rows: a + b, onlyChallenger: b, onlyChampion: a }));
        expect(one).toBeGreaterThanOrEqual(0);
        expect(one).toBeLessThanOrEqual(1);
      }),
      { seed: SEED },
    );
  });
});
