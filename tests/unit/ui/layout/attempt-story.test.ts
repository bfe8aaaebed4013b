import { describe, expect, it } from 'vitest';
import { attemptStory } from '#ui/layout/attempt-story.ts';
import { START, type RunBuilder } from '#tests/unit/ui/run-builder.ts';
import * as examples from '#tests/unit/ui/run-examples.ts';

function story(run: RunBuilder, name: string, number: number, now = 0) {
  const taskRun = run.view().taskRuns.find(({ taskName }) => taskName === name);
  const attempt = taskRun?.attempts[number - 1];
  if (!taskRun || !attempt) throw new Error(`no attempt ${number} of ${name}`);
  return attemptStory(taskRun, attempt, now, 0);
}

describe('the story of an attempt', () => {
  it('explains a failed attempt, the arithmetic of its wait, and what came next', () =>
    expect(story(examples.promoted(), 'extract', 2)).toEqual({
      who: 'extract, attempt 2 of 3',
      end: 'failed after 0.28 s: source unavailable',
      injected: true,
      waiting: false,
      equation: { verb: 'waited', time: '5.0 s', rule: '5 s (fixed delay), no jitter, no cap' },
      rest: 'Began at 14:32:06.645. Retries is 2 and one was left. Attempt 3 began at 14:32:11.925 and completed.',
    }));

  it('counts down while the wait is on', () => {
    const { waiting, equation, rest } = story(examples.firstFailure(), 'extract', 1, START + 2700);
    expect(waiting).toBe(true);
    expect(equation).toEqual({
      verb: 'next try in',
      time: '2.7 s',
      rule: '5 s (fixed delay), no jitter, no cap',
    });
    expect(rest).toBe('Began at 14:32:01.345. Retries is 2 and 2 were left.');
  });

  it('says that the last failure had no retry left', () =>
    expect(story(examples.failed(), 'extract', 3).rest).toContain(
      'Retries is 2 and none was left.',
    ));

  it('says that a lost attempt used no retry', () =>
    expect(story(examples.recovered(), 'train', 1).rest).toBe(
      'Began at 14:32:01.540. No retry was used: a lost attempt is started again, at most 3 times. Attempt 2 began at 14:32:01.840 and completed.',
    ));

  it('says from which checkpoint an attempt went on', () => {
    const { end, rest } = story(examples.recovered(), 'train', 2);
    expect(end).toBe('completed in 0.15 s');
    expect(rest).toBe('Began at 14:32:01.840, from its checkpoint at 50 %.');
  });
});
