import { describe, expect, it } from 'vitest';
import type { LogLine, MetricLine } from '#domain/lines.ts';
import {
  evaluationOf,
  followedRun,
  missingFrom,
  take,
  trainingPoints,
} from '#ui/live/followed-run.ts';
import { crashing, failing, followed, scripted } from '#tests/support/recorded.ts';

const faults = [failing(1), crashing];

describe('a followed run', () => {
  it('is the same from history and feed as from history alone, wherever the history ended', () => {
    const whole = followed({ faults });
    for (const until of [0, 200, 3000, 5600, 5800]) {
      const { events, lines } = scripted({ faults }).history();
      const early = followed({ faults }, until);
      const missing = missingFrom([...early.logs, ...early.metrics]);
      expect(take(early, { events, lines: missing(lines) })).toEqual(whole);
    }
  });

  it('counts no event twice', () => {
    const whole = followed();
    expect(take(whole, { events: whole.events, lines: [] })).toEqual(whole);
  });

  it('needs the event that created it', () => {
    const history = scripted().history();
    expect(followedRun({ ...history, events: history.events.slice(1) })).toBeUndefined();
  });
});

describe('lines that history and feed both bring', () => {
  const line = (at: number, message: string): LogLine => ({
    kind: 'log',
    at,
    level: 'INFO',
    logger: 'x',
    message,
  });

  it('are taken once, whether they arrive before or after the history', () => {
    const missing = missingFrom([line(1, 'a'), line(2, 'b')]);
    expect(missing([line(1, 'a'), line(2, 'b'), line(3, 'c')])).toEqual([line(3, 'c')]);
    expect(missing([line(2, 'late, but new')])).toHaveLength(1);
  });

  it('may be equal and yet two', () => {
    const missing = missingFrom([line(1, 'a')]);
    expect(missing([line(1, 'a'), line(1, 'a')])).toHaveLength(1);
  });
});

describe('the training curve', () => {
  const point = (attempt: number, step: number): MetricLine => ({
    kind: 'metric',
    at: step,
    attempt,
    series: 'training',
    step,
    values: { loss: attempt },
  });
  const steps = (points: readonly MetricLine[]) =>
    points.map(({ attempt, step }) => [attempt, step]);

  it('keeps what was drawn before the point at which an attempt resumed', () => {
    const points = [point(1, 1), point(1, 2), point(1, 3), point(2, 3), point(2, 4)];
    expect(steps(trainingPoints(points))).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ]);
  });

  it('begins anew with an attempt that begins anew', () => {
    expect(steps(trainingPoints([point(1, 1), point(1, 2), point(2, 1)]))).toEqual([[2, 1]]);
  });

  it('of a crashed and resumed training is whole', () => {
    const points = trainingPoints(followed({ faults }).metrics);
    expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('stands beside one evaluation', () => {
    expect(evaluationOf(followed().metrics)?.values).toMatchObject({
      accuracy: 0.928,
      heldOut: 720,
    });
  });
});
