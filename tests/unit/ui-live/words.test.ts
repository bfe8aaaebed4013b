import { describe, expect, it } from 'vitest';
import { awaitingSlot, running, scheduled } from '#domain/states.ts';
import { DEFAULT_SCENARIO } from '#domain/scenario.ts';
import { recordSentence, shownState } from '#ui/live/record-words.ts';
import { scenarioWords } from '#ui/live/scenario-words.ts';
import { instantIn, limitChoices, timeIn } from '#ui/live/schedule-words.ts';
import { stateRows } from '#ui/live/state-rows.ts';
import { whyOf } from '#ui/live/why.ts';
import { flowRun } from '#tests/support/builders.ts';
import { crashing, failing, followed, scripted } from '#tests/support/recorded.ts';

describe('what a link does, in words', () => {
  it('is nothing when nothing differs', () => {
    expect(scenarioWords(DEFAULT_SCENARIO)).toEqual([]);
  });

  it('names everything that differs', () => {
    const words = scenarioWords({
      ...DEFAULT_SCENARIO,
      parameters: { threshold: 0.95 },
      overrides: {
        extract: { retries: 1, retryDelaySeconds: [1, 2] },
        train: { timeoutSeconds: 3 },
      },
      faults: [failing(1)],
      seed: 42,
      arrivalDay: 60,
      view: { task: 'extract', attempt: 2 },
    });
    expect(words).toEqual([
      'The parameter threshold is 0.95 instead of 0.9.',
      'extract: 1 retry instead of 2.',
      'extract: waits 1, 2 s before a retry instead of 5.',
      'train: an attempt may take 3 s, then it is ended.',
      'Breaks on purpose: extract: fails (attempt 1).',
      'The seed is 42 instead of 7.',
      'It reads the reviews that had arrived by day 60.',
      'It looks at extract, attempt 2.',
    ]);
  });
});

describe('a run in the list', () => {
  const flips = { task: 'extract', attempts: [1], effect: { kind: 'flip-labels' } } as const;
  const hangs = { task: 'train', attempts: [1], effect: { kind: 'hang', at: 0.4 } } as const;
  const record = (faults: Parameters<typeof scripted>[0]) => scripted(faults).history().record;

  it.each([
    [{}, 'Promoted to champion v1: 0.928 is above 0.900'],
    [{ faults: [flips] }, 'Rejected by the gate: 0.806 is below 0.900'],
    [
      { faults: [hangs], overrides: { train: { timeoutSeconds: 3 } } },
      'Failed: Task run exceeded timeout of 3 second(s)',
    ],
  ])('%j ended as: %s', (change, sentence) => {
    expect(recordSentence(record(change))).toBe(sentence);
  });

  it.each([
    [{ state: scheduled(), startsAt: 1 }, 'Has not begun: its time is yet to come'],
    [{ state: awaitingSlot('SCHEDULED'), startsAt: 1 }, 'Waits for other runs of its deployment'],
    [{ state: running() }, 'Under way'],
  ])('that has not ended: %o', (fields, sentence) => {
    expect(recordSentence(flowRun(fields))).toBe(sentence);
  });

  it('that its gate rejected is shown as rejected', () => {
    const { state, verdict } = record({ faults: [flips] });
    expect(shownState(state, verdict).name).toBe('Rejected');
    expect(shownState(state, undefined)).toBe(state);
  });
});

describe('why a run went as it did', () => {
  const { view } = followed({ faults: [failing(1), crashing] });
  const answers = whyOf(view, view.lastAt);

  it('tells who started it, what was broken, and each attempt that failed', () => {
    expect(answers.map(({ question }) => question)).toEqual([
      'Why did it run?',
      'What was broken on purpose?',
      'Why did extract-0 take 2 attempts?',
      'Why did train-0 take 2 attempts?',
      'Why did the gate decide as it did?',
      'Why did it end?',
    ]);
  });

  it('shows the arithmetic of a wait and says that a lost attempt uses no retry', () => {
    const text = answers.flatMap((why) => why.answers).join('\n');
    expect(text).toContain('Then it waited 5.0 s = 5 s (fixed delay), no jitter, no cap.');
    expect(text).toContain('uses no retry');
    expect(text).toContain('accuracy: 0.928 is above 0.900, so it passed.');
  });

  it('lists every state in order of time', () => {
    const { rows } = stateRows(view, 1000);
    const times = rows.map(({ state }) => state.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(rows[0]?.subject).toBe('splendid-otter');
    expect(rows.at(-1)?.state.name).toBe('Completed');
  });
});

describe('an instant of the schedule', () => {
  it('is told in the zone of the schedule', () => {
    const at = Date.UTC(2026, 10, 3, 1);
    expect(instantIn(at, 'Europe/Berlin')).toBe('Tue 3 Nov, 02:00');
    expect(timeIn(at, 'Asia/Tokyo')).toBe('10:00');
  });
});

describe('how many runs at a time can be chosen', () => {
  it('offers a few, and whatever is set', () => {
    const values = (limit?: number) => limitChoices(limit).map(({ value }) => value);
    expect(values()).toEqual(['', '1', '2', '3', '4']);
    expect(values(2)).toEqual(values());
    expect(values(0)).toEqual(['', '0', '1', '2', '3', '4']);
    expect(values(12)).toEqual(['', '1', '2', '3', '4', '12']);
  });
});
