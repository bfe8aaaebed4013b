import { describe, expect, it } from 'vitest';
import type { RunHistory } from '#domain/engine-api.ts';
import type { EventBody, NightshiftEvent } from '#domain/events.ts';
import { asFlowRunId, runStream } from '#domain/ids.ts';
import type { LogLine } from '#domain/lines.ts';
import { inWords } from '#domain/reasons.ts';
import { awaitingRetry, completed, failed, pending } from '#domain/states.ts';
import { readOptions } from '#scripts/retrain/options.ts';
import { summarise } from '#scripts/retrain/summary.ts';
import { watchRun } from '#scripts/retrain/watch-run.ts';
import * as build from '#tests/support/builders.ts';

describe('the options of npm run retrain', () => {
  it('are all optional', () => {
    expect(readOptions([])).toEqual({ faults: [], json: false, help: false });
  });

  it('take several faults', () => {
    const options = ['--seed', '3', '--threshold=0.95', '--fault', 'extract:1-2', '--json'];
    expect(readOptions([...options, '--fault', 'train:1:crash@0.4'])).toEqual({
      seed: 3,
      threshold: 0.95,
      faults: [
        { task: 'extract', attempts: [1, 2], effect: { kind: 'throw' } },
        { task: 'train', attempts: [1], effect: { kind: 'crash', at: 0.4 } },
      ],
      json: true,
      help: false,
    });
  });

  it.each([
    ['an unknown one', ['--sed', '3'], /Unknown option '--sed'[^]*Usage/],
    ['a stray word', ['extract:1'], /Unexpected argument 'extract:1'[^]*Usage/],
    ['a missing value', ['--seed'], /argument missing[^]*Usage/],
    ['half a seed', ['--seed', '1.5'], /not a whole number[^]*Usage/],
    ['an empty threshold', ['--threshold', ''], /not a number[^]*Usage/],
    ['a fault without attempts', ['--fault', 'extract'], /not a fault[^]*Usage/],
  ])('refuse %s and show how it is written', (_what, words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });
});

const run = build.FLOW_RUN;
const other = asFlowRunId('fr_other');
const event = (body: EventBody, id = run): NightshiftEvent =>
  build.event({ streamId: runStream(id), body });
const line = (message: string): LogLine => ({
  kind: 'log',
  at: 0,
  level: 'INFO',
  logger: 'nightshift.engine',
  message,
});
const ended: EventBody = {
  kind: 'flow-run.state',
  state: completed(),
  flowAttempt: 1,
  reason: inWords('the flow returned'),
};

describe('a run that is watched', () => {
  it('is printed line by line, also what came before its id was known', async () => {
    const printed: string[] = [];
    const watch = watchRun((text) => printed.push(text.replace(/^.* - /, '')));
    watch.take({ kind: 'lines', flowRunId: run, lines: [line('first')] });
    const end = watch.follow(run);
    watch.take({ kind: 'lines', flowRunId: other, lines: [line('not ours')] });
    watch.take({ kind: 'event', event: event(ended) });
    await end;
    watch.printRest([line('first'), line('last')]);
    expect(printed).toEqual(['first', 'last']);
  });

  it('does not end with another run', async () => {
    const watch = watchRun(() => undefined);
    const end = watch.follow(run);
    watch.take({ kind: 'event', event: event(ended, other) });
    watch.take({ kind: 'stopped', reason: 'The store is full.' });
    await expect(end).rejects.toThrow('The store is full.');
  });
});

const taskRunId = build.TASK_RUN;
const created: EventBody = {
  kind: 'task-run.created',
  taskRunId,
  taskName: 'extract',
  index: 0,
  name: 'extract-0',
  flowAttempt: 1,
  dependsOn: [],
  policy: build.taskPolicy(),
  state: pending(),
  reason: inWords('called'),
};

describe('the summary of a run', () => {
  it('lists each attempt with its failure and what the next one waited for', () => {
    const failure = { kind: 'exception', name: 'Error', message: 'no network' } as const;
    const state = failed('no network');
    const retry = { retry: 1, retries: 2, delayMs: 5000, rule: 'fixed', position: 1 } as const;
    const about = { taskRunId, attempt: 1 };
    const bodies: EventBody[] = [
      created,
      { ...about, kind: 'attempt.started' },
      { ...about, kind: 'attempt.ended', state, failure, durationMs: 280 },
      {
        ...about,
        kind: 'task-run.state',
        state: awaitingRetry(),
        reason: inWords('it failed'),
        retry,
      },
      { ...about, kind: 'attempt.ended', attempt: 2, state: completed(), durationMs: 120 },
      {
        ...about,
        kind: 'task-run.state',
        attempt: 2,
        state: completed(),
        reason: inWords('it returned'),
      },
    ];
    expect(summarise(historyOf(bodies)).taskRuns).toEqual([
      {
        name: 'extract-0',
        state: 'Completed',
        attempts: [
          {
            number: 1,
            state: 'Failed',
            durationMs: 280,
            delayMs: 5000,
            message: 'Error: no network',
          },
          { number: 2, state: 'Completed', durationMs: 120 },
        ],
      },
    ]);
  });

  it('says null for what the run did not come to', () => {
    const { accuracy, verdict, modelVersion } = summarise(historyOf([]));
    expect({ accuracy, verdict, modelVersion }).toEqual({
      accuracy: null,
      verdict: null,
      modelVersion: null,
    });
  });
});

const historyOf = (bodies: readonly EventBody[]): RunHistory => ({
  record: build.flowRun(),
  events: bodies.map((body) => event(body)),
  lines: [],
  files: [],
});
