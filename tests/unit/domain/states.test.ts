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
      ]
        .filter((state) => S.isTerminal(state) === terminal)
        .map(({ type }) => type);
    expect(types(true)).toEqual(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);
    expect(types(false)).toEqual(['SCHEDULED', 'PENDING', 'RUNNING', 'CANCELLING']);
  });
});
