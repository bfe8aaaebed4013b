import { describe, expect, it } from 'vitest';
import { describeFailure, quoteFailure, type Failure } from '#domain/failures.ts';

const ALL: readonly (readonly [Failure, string])[] = [
  [{ kind: 'exception', name: 'ValueError', message: 'x' }, 'ValueError: x'],
  [
    { kind: 'timeout', seconds: 0.1, subject: 'Task' },
    'Task run exceeded timeout of 0.1 second(s)',
  ],
  [{ kind: 'lost', cause: 'worker terminated' }, 'The attempt was lost: worker terminated'],
  [{ kind: 'load', message: 'no flow' }, 'The source did not load: no flow'],
  [{ kind: 'parameters', problems: ['a: b', 'c: d'] }, 'Parameters were refused: a: b; c: d'],
  [
    { kind: 'non-determinism', recorded: 'extract', called: 'train' },
    'The flow did not repeat itself: recorded extract, now called train',
  ],
  [
    { kind: 'cannot-encode', path: 'it.rows', message: 'a function cannot leave' },
    'it.rows cannot be stored or sent: a function cannot leave',
  ],
  [{ kind: 'storage-full', message: 'no room' }, "The browser's storage is full: no room"],
  [{ kind: 'cancelled', reason: 'asked' }, 'asked'],
];

describe('a failure', () => {
  it('is one sentence for people, whatever it is', () => {
    for (const [failure, sentence] of ALL) expect(describeFailure(failure)).toBe(sentence);
  });

  it('is quoted in the log as Prefect quotes it', () => {
    expect(ALL.slice(0, 2).map(([failure]) => quoteFailure(failure))).toEqual([
      "ValueError('x')",
      'Task run exceeded timeout of 0.1 second(s)',
    ]);
  });
});
