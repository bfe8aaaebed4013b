import { describe, expect, test } from 'vitest';
import { BadGate } from '#domain/gate.ts';
import { gate } from '#ml/gate.ts';
import { FakeHost, inWorker } from './fake-host.ts';

describe('a gate', () => {
  test('promotes what reaches its threshold', async () => {
    inWorker(new FakeHost([]));
    const verdict = await gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 0.928 });
    expect(verdict).toMatchObject({ promoted: true, summary: 'promoted (acc=0.928)' });
  });

  test('rejects what does not, as an answer', async () => {
    inWorker(new FakeHost([]));
    const verdict = await gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 0.806 });
    expect(verdict).toMatchObject({ promoted: false, summary: 'rejected (acc=0.806 < 0.9)' });
  });

  test.each([
    ['no condition', {}, 'at least one condition'],
    ['a threshold that is not a number', { accuracy: { atLeast: NaN } }, 'needs a number'],
    ['an accuracy in percent', { accuracy: { atLeast: 90 } }, 'from 0 to 1'],
    ['a negative accuracy', { accuracy: { atLeast: -0.1 } }, 'from 0 to 1'],
  ])('refuses %s', (_, rules, reason) => {
    expect(() => gate(rules)).toThrow(BadGate);
    expect(() => gate(rules)).toThrow(reason);
  });

  test('takes any number for a metric that is not a fraction', () => {
    expect(() => gate({ 'log loss': { atLeast: -3 } })).not.toThrow();
  });

  test('decides in a task only', async () => {
    inWorker(new FakeHost([], { inFlowBody: true }));
    const decision = gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy: 1 });
    await expect(decision).rejects.toThrow('in a task only');
  });
});
