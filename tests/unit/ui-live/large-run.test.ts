import { describe, expect, it } from 'vitest';
import { failed } from '#domain/states.ts';
import { foldRunEvents } from '#domain/run-view.ts';
import { graphNodes } from '#ui/layout/graph.ts';
import { idleGaps } from '#ui/layout/idle.ts';
import { MOST_TASK_RUNS, shownTaskRuns } from '#ui/layout/shown-task-runs.ts';
import { layoutTimeline } from '#ui/layout/timeline.ts';
import { progressKey, withProgress } from '#ui/live/live-progress.ts';
import { receivedFrom } from '#ui/live/received-from.ts';
import { frameAt, recordingOf } from '#ui/live/recording.ts';
import { stateRows } from '#ui/live/state-rows.ts';
import { taskNames } from '#ui/live/task-names.ts';
import { whyOf } from '#ui/live/why.ts';
import { asFlowRunId } from '#domain/ids.ts';
import { idOf, RunBuilder, START } from '#tests/unit/ui/run-builder.ts';

const SHARDS = 1000;
const ERROR = { kind: 'exception', name: 'Error', message: 'torn page' } as const;

/** `extract`, then `shard` a thousand times at once, one of which failed and one of which runs, then `merge`. */
function mapped(): RunBuilder {
  const run = new RunBuilder().running().task('extract').wait(5).begin('extract').wait(20);
  run.complete('extract');
  for (let i = 0; i < SHARDS; i++) run.task('shard', {}, ['extract'], i);
  run.task('merge', {}, ['shard']);
  for (let i = 0; i < SHARDS; i++) {
    run.wait(2).begin('shard', 1, {}, i).wait(1);
    if (i === 700) fail(run, i);
    else if (i !== 800) run.complete('shard', 1, '', 'Completed', i);
  }
  return run;
}

function fail(run: RunBuilder, index: number): void {
  const told = { taskRunId: idOf('shard', index), attempt: 1, state: failed('torn page') } as const;
  run.add(0, { kind: 'attempt.ended', ...told, durationMs: 1, failure: ERROR });
  run.add(0, { kind: 'task-run.state', ...told, reason: { kind: 'no retries' }, failure: ERROR });
}

const run = mapped();
const view = run.view();
const names = (taskRuns: readonly { name: string }[]) => taskRuns.map(({ name }) => name);

describe('of a run with a thousand task runs', () => {
  it('fifty are drawn, among them each task, the failed and the running one, and the picked one', () => {
    const { taskRuns, more } = shownTaskRuns(view, { taskRunId: idOf('shard', 999) });
    expect(taskRuns).toHaveLength(MOST_TASK_RUNS);
    expect(names(taskRuns)).toEqual(
      expect.arrayContaining(['extract-0', 'shard-700', 'shard-800', 'shard-999', 'merge-0']),
    );
    expect(more).toBe('952 more of shard');
  });

  it('they are in order of creation', () => {
    const { taskRuns } = shownTaskRuns(view);
    expect(taskRuns).toEqual(view.taskRuns.filter((one) => taskRuns.includes(one)));
  });

  it('the timeline has as many rows, and says what has none', () => {
    const layout = layoutTimeline({
      view,
      tasks: ['extract', 'shard', 'merge', 'later'],
      now: view.lastAt,
      live: true,
      width: 700,
      zoom: 1,
      open: new Set(),
    });
    expect(layout.rows).toHaveLength(MOST_TASK_RUNS + 1);
    expect(layout.rows.at(-1)).toMatchObject({ name: 'later', outline: { word: 'Not started' } });
    expect(layout.more).toBe('952 more of shard');
  });

  it('the graph tells them in one node', () => {
    const nodes = graphNodes(view, undefined, view.lastAt);
    expect(nodes.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['extract', []],
      ['shard', ['extract']],
      ['merge', ['shard']],
    ]);
    expect(nodes[1]).toMatchObject({
      detail: '998 of 1,000 completed',
      state: { type: 'RUNNING' },
    });
  });

  it('no idle time is seen where one of them was under way', () => {
    expect(idleGaps(view, view.lastAt)).toEqual([]);
  });

  it('the states are listed in order of time, the first of them only', () => {
    const all = stateRows(view, 10_000);
    expect(all.rows).toHaveLength(all.total);
    expect(all.rows).toEqual([...all.rows].sort((one, other) => one.state.at - other.state.at));
    for (const most of [1, 7, 500])
      expect(stateRows(view, most)).toEqual({ rows: all.rows.slice(0, most), total: all.total });
  });

  it('a replay is right at every event, far from where it keeps a view', () => {
    const record = { id: asFlowRunId('fr_test') };
    const followed = {
      id: record.id,
      view,
      events: run.events,
      logs: [],
      metrics: [],
      files: [],
      earlierLines: 0,
    };
    const recording = recordingOf(followed);
    for (const at of [0, 25, 26, 500, 1501, 2999].map((ms) => START + ms))
      expect(frameAt(recording, at)?.view).toEqual(
        foldRunEvents(run.events.filter((event) => event.at <= at)),
      );
    expect(frameAt(recording, START + 500)?.view).toBe(frameAt(recording, START + 500.5)?.view);
  });
});

describe('a hundred failures of many', () => {
  it('are explained, and the others counted', () => {
    const failures = new RunBuilder().running();
    for (let i = 0; i < 130; i++) {
      failures.task('shard', {}, [], i).begin('shard', 1, {}, i);
      fail(failures, i);
    }
    const questions = whyOf(failures.view(), START);
    expect(questions).toHaveLength(102);
    expect(questions.at(-1)).toEqual({
      question: 'And the others?',
      answers: ['30 more task runs failed or took more than one attempt.'],
    });
  });
});

describe('what a task run received', () => {
  it('is told by name; of very many the first', () => {
    expect(receivedFrom(view, [])).toBe('none');
    expect(receivedFrom(view, [idOf('extract')])).toBe('extract-0');
    const shards = Array.from({ length: 12 }, (_, i) => idOf('shard', i));
    expect(receivedFrom(view, shards)).toMatch(/^shard-0, .*shard-9 and 2 more$/);
  });
});

describe('the names of task runs', () => {
  it('grow with the run, and are others for another run', () => {
    const early = taskNames(undefined, new RunBuilder().task('extract').view());
    const late = taskNames(early, view);
    expect(late.byId).toBe(early.byId);
    expect(late.tasks).toEqual(['extract', 'shard', 'merge']);
    expect(late.byId[idOf('shard', 999)]).toBe('shard');
    expect(taskNames(late, view)).toBe(late);
    const other = new RunBuilder({ flowRunId: asFlowRunId('fr_other') }).task('train').view();
    expect(taskNames(late, other).tasks).toEqual(['train']);
    expect(taskNames(late, undefined).tasks).toEqual([]);
  });
});

describe('live progress', () => {
  const key = progressKey(idOf('train'), 1);
  const ended = new RunBuilder().task('train').begin('train').complete('train').events;

  it('is kept as long as its attempt is on', () => {
    const progress = withProgress({}, new Map([[key, 0.4]]), []);
    expect(progress).toEqual({ [key]: 0.4 });
    expect(withProgress(progress, new Map(), [])).toBe(progress);
    expect(withProgress(progress, new Map([[key, 0.9]]), ended)).toEqual({});
  });
});
