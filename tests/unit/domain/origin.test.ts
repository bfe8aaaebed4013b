import { describe, expect, it } from 'vitest';
import { describeOrigin, intoRun, type Origin, type OriginRequest } from '#domain/origin.ts';
import { FLOW_RUN, SOME_TIME } from '#tests/support/builders.ts';

const told = (asked: OriginRequest): string => {
  const origin: Origin = { ...asked, flowRunName: 'calm-lynx', flowRunCreatedAt: SOME_TIME };
  return describeOrigin(origin);
};

describe('where a run comes from, in words', () => {
  it.each([
    [{}, 'Re-run of calm-lynx'],
    [{ from: 'train-0' }, 'Re-run of calm-lynx from train-0'],
    [{ from: 'changes' }, 'Re-run of calm-lynx with changes'],
  ])('a re-run %j', (from, words) => {
    expect(told({ kind: 're-run', flowRunId: FLOW_RUN, ...from })).toBe(words);
  });

  it('a fork says how far into the run it is', () => {
    const at = SOME_TIME + 12_399;
    expect(told({ kind: 'fork', flowRunId: FLOW_RUN, at })).toBe('Fork of calm-lynx at 00:12.3');
  });

  it.each([
    [0, '00:00.0'],
    [59_999, '00:59.9'],
    [60_000, '01:00.0'],
    [6_000_050, '100:00.0'],
    [-5, '00:00.0'],
  ])('%i ms into a run is %s', (ms, words) => {
    expect(intoRun(ms)).toBe(words);
  });
});
