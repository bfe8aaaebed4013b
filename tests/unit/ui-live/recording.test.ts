import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldRunEvents } from '#domain/run-view.ts';
import { frameAt, nextChange, recordingOf } from '#ui/live/recording.ts';
import { failing, followed } from '#tests/support/recorded.ts';

const run = followed({ faults: [failing(1, 2)] });
const recording = recordingOf(run);
const { startsAt, endsAt } = recording;

describe('a replay', () => {
  it('shows at its end exactly the run', () => {
    expect(frameAt(recording, endsAt)).toEqual({
      view: run.view,
      logs: run.logs,
      metrics: run.metrics,
    });
  });

  it('shows at its beginning a run that was only just created', () => {
    expect(frameAt(recording, startsAt)?.view.taskRuns).toEqual([]);
  });

  it('is at every instant the fold of what had happened, and of nothing later', () => {
    fc.assert(
      fc.property(fc.double({ min: startsAt, max: endsAt, noNaN: true }), (playhead) => {
        const frame = frameAt(recording, playhead);
        expect(frame?.view).toEqual(foldRunEvents(run.events.filter(({ at }) => at <= playhead)));
        expect(frame?.logs).toEqual(run.logs.filter(({ at }) => at <= playhead));
      }),
    );
  });

  it('steps from change to change, forwards and back', () => {
    const times: number[] = [];
    for (let at = startsAt; at < endsAt && times.length < 100; at = nextChange(recording, at, 1))
      times.push(at);
    expect(times.length).toBeGreaterThan(10);
    expect(nextChange(recording, endsAt, 1)).toBe(endsAt);
    expect(nextChange(recording, startsAt, -1)).toBe(startsAt);
    const back = nextChange(recording, endsAt, -1);
    expect(back).toBeLessThan(endsAt);
    expect(back).toBeGreaterThan(startsAt);
  });
});
