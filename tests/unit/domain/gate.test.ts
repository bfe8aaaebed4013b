import { describe, expect, it } from 'vitest';
import {
  BadGate,
  decideGate,
  withoutFlips,
  type GateCondition,
  type GateEvidence,
} from '#domain/gate.ts';
import { wouldSay } from '#domain/gate-history.ts';
import { exactMcNemar } from '#domain/paired-tests.ts';

const accuracy = (value: number, atLeast = 0.9) =>
  decideGate([{ metric: 'accuracy', atLeast }], { metrics: { accuracy: value } });

describe('a gate', () => {
  it('promotes in the words of the tutorial', () => {
    expect(accuracy(0.928)).toEqual({
      promoted: true,
      conditions: [
        {
          metric: 'accuracy',
          value: 0.928,
          atLeast: 0.9,
          passed: true,
          reason: '0.928 is above 0.900',
        },
      ],
      summary: 'promoted (acc=0.928)',
      reason: '0.928 is above 0.900',
      evidence: { metrics: { accuracy: 0.928 } },
    });
    expect(accuracy(1).summary).toBe('promoted (acc=1.000)');
  });

  it('rejects in the words of the tutorial', () => {
    const verdict = accuracy(0.806);
    expect(verdict.promoted).toBe(false);
    expect(verdict.summary).toBe('rejected (acc=0.806 < 0.9)');
    expect(verdict.reason).toBe('0.806 is below 0.900');
  });

  it('promotes at the threshold itself', () => {
    expect(accuracy(0.9)).toMatchObject({ promoted: true, reason: '0.900 equals 0.900' });
  });

  it('never shows two different numbers as the same', () => {
    expect(accuracy(0.89996).summary).toBe('rejected (acc=0.89996 < 0.9)');
    expect(accuracy(0.90004).reason).toBe('0.90004 is above 0.90000');
    expect(accuracy(0.9 - 1e-16).reason).toMatch(/^0\.8999999999999999 is below 0\.9/);
  });

  it('asks all its conditions, and tells those that decided', () => {
    const conditions = [
      { metric: 'accuracy', atLeast: 0.9 },
      { metric: 'recall', atLeast: 0.8 },
    ];
    expect(decideGate(conditions, { metrics: { accuracy: 0.95, recall: 0.7 } })).toMatchObject({
      promoted: false,
      summary: 'rejected (recall=0.700 < 0.8)',
      reason: '0.700 is below 0.800',
    });
    expect(decideGate(conditions, { metrics: { accuracy: 0.95, recall: 0.85 } }).summary).toBe(
      'promoted (acc=0.950, recall=0.850)',
    );
  });

  it('needs a condition, and a number for each', () => {
    expect(() => decideGate([], { metrics: {} })).toThrow('A gate needs at least one condition');
    const conditions = [{ metric: 'accuracy', atLeast: 0.9 }];
    expect(() => decideGate(conditions, { metrics: {} })).toThrow('The gate asks for accuracy');
    expect(() => decideGate(conditions, { metrics: { accuracy: Number.NaN } })).toThrow('accuracy');
    expect(() => accuracy(0.9, Number.NaN)).toThrow('atLeast of accuracy must be a number');
  });

  it('takes any metric name for what it is', () => {
    const conditions = [{ metric: 'toString', atLeast: 0.5 }];
    expect(
      decideGate(conditions, { metrics: { toString: 0.6 } as object as Record<string, number> })
        .summary,
    ).toBe('promoted (toString=0.600)');
    expect(() => decideGate(conditions, { metrics: {} })).toThrow('The gate asks for toString');
  });
});

const CHAMPION = {
  version: 3,
  metrics: { accuracy: 0.911, logLoss: 0.3 },
  challenger: { accuracy: 0.928, logLoss: 0.35 },
  paired: { rows: 700, onlyChallenger: 22, onlyChampion: 10 },
  difference: { low: 0.001, high: 0.033 },
};
const COMPARED: GateEvidence = {
  metrics: CHAMPION.challenger,
  slices: {
    'domain:phones': { rows: 300, metrics: { accuracy: 0.95 } },
    'domain:books': { rows: 390, metrics: { accuracy: 0.91 } },
    'length:1-10': { rows: 10, metrics: { accuracy: 0.5 } },
  },
  against: CHAMPION,
};
const notWorse = (margin = 0, metric = 'accuracy'): GateCondition => ({
  metric,
  comparison: { kind: 'not worse', margin },
});
const better = (margin = 0, metric = 'accuracy'): GateCondition => ({
  metric,
  comparison: { kind: 'better', margin },
});

describe('a gate beside the champion', () => {
  it('tells the difference, its interval and the exact test', () => {
    expect(decideGate([notWorse()], COMPARED)).toMatchObject({
      promoted: true,
      summary: 'promoted (champion=0.911)',
      reason: '0.928 is above 0.911 of champion v3',
      comparison: {
        version: 3,
        rows: 700,
        difference: { value: 12 / 700, low: 0.001, high: 0.033 },
        mcNemarP: expect.closeTo(0.0501, 4),
      },
    });
  });

  it('takes a lower log loss for the better one', () => {
    expect(decideGate([notWorse(0, 'logLoss')], COMPARED)).toMatchObject({
      promoted: false,
      summary: 'rejected (logLoss=0.350 > champion 0.300)',
    });
    expect(decideGate([notWorse(0.05, 'logLoss')], COMPARED).promoted).toBe(true);
    expect(decideGate([notWorse(0.04, 'logLoss')], COMPARED).promoted).toBe(false);
  });

  it('asks for more than as good when it asks for better', () => {
    const same = { ...COMPARED, against: { ...CHAMPION, metrics: CHAMPION.challenger } };
    expect(decideGate([notWorse()], same).promoted).toBe(true);
    expect(decideGate([better()], same)).toMatchObject({
      promoted: false,
      reason: '0.928 equals 0.928 of champion v3, and it must be better',
    });
    expect(decideGate([better(0.01)], COMPARED).promoted).toBe(true);
    expect(decideGate([better(0.02)], COMPARED).reason).toContain('higher by more than 0.02');
  });

  it('passes while there is no champion, and says so', () => {
    const verdict = decideGate([better()], { metrics: { accuracy: 0.5 }, against: 'none' });
    expect(verdict).toMatchObject({
      promoted: true,
      reason: 'there is no champion to compare with yet',
    });
    expect(verdict.comparison).toBeUndefined();
  });

  it('does not compare with what was not scored', () => {
    expect(() => decideGate([better()], { metrics: { accuracy: 0.5 } })).toThrow(
      'Call decide(challenger, champion, heldOut)',
    );
  });

  it('warns of held-out rows that the champion was trained on', () => {
    const seen = { ...COMPARED, against: { ...CHAMPION, heldOutSeen: 120 } };
    expect(decideGate([notWorse()], seen).warnings).toEqual([
      expect.stringContaining('Champion v3 was trained on 120 of these 700 held-out rows'),
    ]);
  });

  it('keeps 40 flips, and none in the record of the run', () => {
    const flip = { id: 'r', text: 'fine', label: 1, champion: 0.2, challenger: 0.8 } as const;
    const verdict = decideGate(
      [notWorse()],
      COMPARED,
      Array.from({ length: 50 }, () => flip),
    );
    expect(verdict.flips).toHaveLength(40);
    expect(withoutFlips(verdict)).not.toHaveProperty('flips');
  });
});

describe('slices of a gate', () => {
  const slice = (name: string, atLeast: number): GateCondition => ({
    metric: 'accuracy',
    atLeast,
    slice: name,
  });

  it('have floors of their own', () => {
    expect(decideGate([slice('domain:books', 0.95)], COMPARED)).toMatchObject({
      promoted: false,
      summary: 'rejected (acc of domain:books=0.910 < 0.95)',
      reason: 'accuracy of domain:books 0.910 is below 0.950',
    });
  });

  it('each: those of 30 rows or more', () => {
    const { conditions, promoted } = decideGate([slice('each', 0.9)], COMPARED);
    expect(promoted).toBe(true);
    expect(conditions.map((one) => one.slice)).toEqual(['domain:phones', 'domain:books']);
    expect(() => decideGate([slice('each', 0.9)], { metrics: {}, slices: {} })).toThrow(
      'no slice of the held-out rows has 30 rows',
    );
  });

  it('that have no rows are named, with those that have', () => {
    const ask = () => decideGate([slice('domain:cars', 0.9)], COMPARED);
    expect(ask).toThrow(BadGate);
    expect(ask).toThrow(
      'that slice has no rows. There are domain:phones, domain:books, length:1-10.',
    );
    expect(() => decideGate([slice('constructor', 0.9)], COMPARED)).toThrow('has no rows');
  });
});

describe('what a gate would have said', () => {
  it('of a verdict from before evidence was kept', () => {
    const { evidence: _, ...old } = accuracy(0.928);
    const at = (atLeast: number) => wouldSay([{ metric: 'accuracy', atLeast }], old);
    expect(at(0.95)).toMatchObject({ known: true, promoted: false });
    expect(at(0.9)).toMatchObject({ known: true, promoted: true });
    expect(wouldSay([notWorse()], old)).toEqual({
      known: false,
      reason: 'it did not score the champion',
    });
    expect(wouldSay([{ metric: 'recall', atLeast: 0.9, slice: 'each' }], old)).toEqual({
      known: false,
      reason: 'it did not measure slices',
    });
  });
});

describe("McNemar's exact test", () => {
  // binomtest(min(b, c), b + c, 0.5).pvalue of SciPy.
  it.each([
    [3, 12, 0.03515625],
    [0, 5, 0.0625],
    [40, 21, 0.0204147137996349],
    [1, 1, 1],
    [300, 250, 0.036578745549102676],
    [0, 0, 1],
  ])('of %i and %i is %f', (onlyChallenger, onlyChampion, p) => {
    const rows = onlyChallenger + onlyChampion;
    expect(exactMcNemar({ rows, onlyChallenger, onlyChampion })).toBeCloseTo(p, 10);
  });
});
