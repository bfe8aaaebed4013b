import { describe, expect, it } from 'vitest';
import { sourceMarks } from '#ui/live/source-marks.ts';
import { scenarioOf } from '#ui/live/run-scenario.ts';
import {
  addressOfSelection,
  attemptOfTask,
  selectedAttempt,
  selectionFromAddress,
  selectionOfScenario,
  taskOfSelection,
} from '#ui/live/selection.ts';
import { failing, followed } from '#tests/support/recorded.ts';

const { view } = followed({ faults: [failing(1, 2)] });

describe('a selected attempt', () => {
  it('has an address that finds it again', () => {
    const selection = selectionFromAddress(view, { taskRun: 'extract-0', attempt: 2 });
    expect(selectedAttempt(view, selection)?.attempt.number).toBe(2);
    expect(addressOfSelection(view, selection)).toEqual({ taskRun: 'extract-0', attempt: 2 });
    expect(taskOfSelection(view, selection)).toBe('extract');
  });

  it('is the last one when its task is chosen', () => {
    expect(attemptOfTask(view, 'extract')).toMatchObject({ attempt: 3 });
  });

  it('is none when the run has none', () => {
    expect(selectionFromAddress(view, { taskRun: 'nothing-0', attempt: 1 })).toBeUndefined();
    expect(selectedAttempt(view, { taskRunId: 'x', attempt: 1 })).toBeUndefined();
    expect(attemptOfTask(undefined, 'extract')).toBeUndefined();
  });
});

describe('a link to a run', () => {
  it('holds what would repeat it, and what of it is looked at', () => {
    const scenario = scenarioOf(view, { taskRun: 'extract-0', attempt: 2 });
    expect(scenario).toEqual({
      flowId: 'retrain-sentiment',
      parameters: { threshold: 0.9 },
      overrides: {},
      faults: [failing(1, 2)],
      seed: 7,
      arrivalDay: 30,
      view: { task: 'extract', attempt: 2 },
    });
    expect(selectionOfScenario(view, scenario.view)).toMatchObject({ attempt: 2 });
  });

  it('looks at nothing until the run has come so far', () => {
    expect(selectionOfScenario(view, { task: 'extract', attempt: 9 })).toBeUndefined();
    expect(selectionOfScenario(undefined, { task: 'extract' })).toBeUndefined();
    expect(selectionOfScenario(view, undefined)).toBeUndefined();
  });
});

describe('the source beside a run', () => {
  const tasks = [
    { name: 'extract', options: {}, lines: { first: 4, last: 6 } },
    { name: 'train', options: {} },
  ];

  it.each([
    [100, [{ first: 4, last: 6, tone: 'running' }]],
    [3000, [{ first: 4, last: 6, tone: 'waiting' }]],
    [20_000, []],
  ])('%i ms into it is marked where it is', (until, marks) => {
    expect(sourceMarks(tasks, followed({ faults: [failing(1)] }, until).view)).toEqual(marks);
  });

  it('keeps the mark of what failed', () => {
    const failed = followed({ faults: [failing(1, 2, 3)] });
    expect(sourceMarks(tasks, failed.view)).toEqual([{ first: 4, last: 6, tone: 'failed' }]);
  });
});
