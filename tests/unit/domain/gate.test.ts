import { describe, expect, it } from 'vitest';
import { decideGate } from '#domain/gate.ts';

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
