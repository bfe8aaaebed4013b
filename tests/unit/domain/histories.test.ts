import { describe, expect, it } from 'vitest';
import { EVENT_VERSION, upcastEvent } from '#domain/events.ts';
import {
  foldHistory,
  historyNames,
  historyOf,
  readHistory,
  recordHistory,
} from '#tests/support/histories.ts';
import { SCENARIOS } from '#tests/support/history-scenarios.ts';

// `npm run histories`: what is not recorded yet is recorded, and nothing else is touched.
if (process.env['RECORD_HISTORIES'])
  for (const [name, run] of Object.entries(SCENARIOS)) {
    const { rig, view } = await run();
    recordHistory(name, await historyOf(rig, view));
  }

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a recorded history', () => {
  it('is there for every way in which a run can go', () => {
    const missing = Object.keys(SCENARIOS).filter((name) => !historyNames().includes(name));
    expect(missing, 'Run `npm run histories` and commit what it wrote.').toEqual([]);
  });

  // A later version may know more of a run. What was seen of it once is seen for ever.
  it.each(historyNames())('"%s" is seen as it was seen when it was recorded', (name) => {
    const { events, view } = readHistory(name);
    expect(plain(foldHistory(events))).toMatchObject(view);
  });

  it.each(historyNames())('"%s" has its events in order, without gaps', (name) => {
    const { events, view } = readHistory(name);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    expect(view.lastSeq).toBe(events.length);
  });

  it('of version 1, whose reasons were sentences, keeps their words', () => {
    const { events, view } = readHistory('version-1');
    const versions: ReadonlySet<number> = new Set(events.map(({ v }) => v));
    expect([...versions]).toEqual([1]);
    const upcast = events.map(upcastEvent);
    expect(new Set(upcast.map(({ v }) => v))).toEqual(new Set([EVENT_VERSION]));
    const [, retry] = view.taskRuns[0]?.states.map(({ reason }) => reason).slice(1) ?? [];
    expect(retry).toEqual({
      kind: 'words',
      words: 'attempt 1 failed: Error: source unavailable; retry 1 of 2 in 5 s',
    });
  });
});

describe('the ways in which the recorded runs went', () => {
  const states = (name: string) => {
    const { view } = readHistory(name);
    return [view, ...view.taskRuns].map((one) => one.states.map(({ name }) => name).join(' > '));
  };

  it.each([
    ['completed', ['Pending > Running > Completed', 'Pending > Running > Completed']],
    ['failed', ['Pending > Running > Failed', 'Pending > Running > Retrying > Failed']],
    [
      'retry-with-delay',
      [
        'Pending > Running > Completed',
        'Pending > Running > AwaitingRetry > Retrying > AwaitingRetry > Retrying > Completed',
      ],
    ],
    ['timed-out', ['Pending > Running > Failed', 'Pending > Running > TimedOut']],
    ['cancelled', ['Pending > Running > Cancelling > Cancelled', 'Pending > Running > Cancelled']],
  ])('"%s"', (name, expected) => {
    expect(states(name)).toEqual(expected);
  });

  it.each([
    ['promoted', 'Pending > Running > Promoted'],
    ['rejected', 'Pending > Running > Rejected'],
    ['upstream-failed', 'Pending > NotReady'],
    ['reused', 'Pending > Completed'],
    ['crashed-and-recovered', 'Pending > Running > Recovering > Completed'],
    ['flow-retried', 'Pending > Running > AwaitingRetry > Retrying > Failed'],
  ])('"%s" has %s among its states', (name, path) => {
    expect(states(name)).toContain(path);
  });
});
