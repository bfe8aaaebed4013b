import { describe, expect, it } from 'vitest';
import * as S from '#domain/states.ts';

describe('a state', () => {
  it('is told as Prefect tells it', () => {
    expect(S.describeState(S.completed())).toBe('Completed()');
    expect(S.describeState(S.completed('Promoted'))).toBe('Promoted(type=COMPLETED)');
    expect(S.describeState(S.completed('Rejected'))).toBe('Rejected(type=COMPLETED)');
    expect(S.describeState(S.failed('ValueError: x'))).toBe("Failed('ValueError: x')");
    expect(S.describeState(S.timedOut('too slow'))).toBe("TimedOut('too slow', type=FAILED)");
    expect(S.describeState(S.awaitingRetry())).toBe('AwaitingRetry(type=SCHEDULED)');
  });

  it('named NotReady is over when something upstream failed, not when its flow run is paused', () => {
    expect(S.isOver(S.notReady('x'))).toBe(true);
    expect(S.held()).toEqual({ type: 'PAUSED', name: 'NotReady' });
    expect(S.isOver(S.held())).toBe(false);
  });

  it('is terminal when nothing can come after it', () => {
    const types = (terminal: boolean) =>
      [
        S.scheduled(),
        S.pending(),
        S.running(),
        S.completed(),
        S.failed(''),
        S.crashed(''),
        S.cancelling(),
        S.cancelled(),
        S.paused(),
      ]
        .filter((state) => S.isTerminal(state) === terminal)
        .map(({ type }) => type);
    expect(types(true)).toEqual(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);
    expect(types(false)).toEqual(['SCHEDULED', 'PENDING', 'RUNNING', 'CANCELLING', 'PAUSED']);
  });
});
