import { describe, expect, it } from 'vitest';
import { asFlowRunId } from '#domain/ids.ts';
import { awaitingSlot, cancelled, completed, scheduled } from '#domain/states.ts';
import {
  attemptsAllowed,
  attemptSentence,
  outcomeSentence,
  triggerSentence,
} from '#ui/layout/words.ts';
import { RunBuilder, START } from '#tests/unit/ui/run-builder.ts';
import * as examples from '#tests/unit/ui/run-examples.ts';

const taskRun = (view: ReturnType<RunBuilder['view']>, name: string) => {
  const found = view.taskRuns.find(({ taskName }) => taskName === name);
  if (!found) throw new Error(`no task run of ${name}`);
  return found;
};
const sentence = (run: RunBuilder, name: string, attempt: number, now = 0) => {
  const found = taskRun(run.view(), name);
  const view = found.attempts[attempt - 1];
  if (!view) throw new Error(`no attempt ${attempt}`);
  return attemptSentence(found, view, now);
};

describe('the outcome in one sentence', () => {
  it('names the new champion and why it was promoted', () =>
    expect(outcomeSentence(examples.promoted().view())).toBe(
      'promoted to champion v4: 0.928 is above 0.900; took 11.2 s',
    ));

  it('says that the champion stays when the gate rejects', () =>
    expect(outcomeSentence(examples.rejected().view(), { version: 7 })).toBe(
      'Rejected by the gate: 0.806 is below 0.900; champion v7 stays; took 11.2 s',
    ));

  it('says that version 0 came with the site', () =>
    expect(outcomeSentence(examples.rejected().view(), { version: 0 })).toContain(
      'version 0 (shipped with the site) stays',
    ));

  it('names the task that failed, how often and with what', () =>
    expect(outcomeSentence(examples.failed().view())).toBe(
      'Failed: extract failed after 3 attempts: Error: source unavailable; took 11.0 s',
    ));

  it('says what a running run is doing', () => {
    expect(outcomeSentence(new RunBuilder().view())).toBe('Starting');
    expect(outcomeSentence(examples.training().view())).toBe('Running train, attempt 1 of 1');
    expect(outcomeSentence(examples.manyTasks().view())).toBe('Running 4 task runs at once');
    const flowRunId = asFlowRunId('fr_child');
    const calling = new RunBuilder().running().add(0, {
      kind: 'subflow.called',
      flowRunId,
      name: 'quick-lemur',
      flowName: 'build-model',
      flowAttempt: 1,
      call: 0,
    });
    expect(outcomeSentence(calling.view())).toBe('Running build-model as quick-lemur');
    calling.add(0, { kind: 'subflow.ended', flowRunId, state: completed() });
    expect(outcomeSentence(calling.view())).toBe('Running: the flow body began');
  });

  it('says what a paused run asks', () =>
    expect(outcomeSentence(new RunBuilder().running().paused('Promote it?').view())).toBe(
      'Waiting for your answer to "Promote it?"',
    ));

  it('counts down while it waits', () =>
    expect(outcomeSentence(examples.firstFailure().view(), undefined, START + 2700)).toBe(
      'Waiting: extract tries again in 2.7 s',
    ));

  it('counts down to the start of a scheduled run', () => {
    const scheduledFor = START + 90_000;
    const run = new RunBuilder({ state: scheduled(), scheduledFor });
    expect(outcomeSentence(run.view(), undefined, START)).toBe('Scheduled: starts in 1 min 30 s');
  });

  it('says which slot a task run or a whole run waits for', () => {
    const waits = [
      {
        limit: 'tag:gpu',
        slots: 1,
        held: 1,
        holders: [{ taskRun: 'train-0', flowRunName: 'splendid-otter' }],
        before: 1,
      },
    ];
    const body = {
      kind: 'task-run.state',
      taskRunId: new RunBuilder().task('train').view().taskRuns[0]!.id,
      attempt: 0,
      state: awaitingSlot('PENDING'),
      reason: { kind: 'no slot', waits },
    } as const;
    expect(outcomeSentence(new RunBuilder().running().task('train').add(0, body).view())).toBe(
      'Waiting: train-0 waits for tag gpu, 1 of 1 slots held by train-0 of run splendid-otter, 1 waiting before it',
    );
    const flow = {
      kind: 'flow-run.state',
      state: awaitingSlot('SCHEDULED'),
      flowAttempt: 1,
      reason: { kind: 'no slot', waits, asksAgainAfterSeconds: 30 },
    } as const;
    expect(outcomeSentence(new RunBuilder({ state: scheduled() }).add(0, flow).view())).toBe(
      'Awaiting slot: waits for tag gpu, 1 of 1 slots held by train-0 of run splendid-otter, 1 waiting before it; it asks again after 30 s',
    );
  });

  it('gives the reason of a cancelled run', () =>
    expect(outcomeSentence(examples.training().finish(cancelled('you cancelled it')).view())).toBe(
      'Cancelled: you cancelled it; took 11.0 s',
    ));
});

describe('an attempt in one sentence', () => {
  it('tells the whole story of a failed attempt', () =>
    expect(sentence(examples.promoted(), 'extract', 1)).toBe(
      'extract attempt 1 of 3, failed after 0.30 s: source unavailable, injected',
    ));

  it('says timed out in two words', () =>
    expect(sentence(examples.timedOut(), 'train', 1)).toBe(
      'train attempt 1 of 2, timed out after 2.0 s: the limit is 2 s',
    ));

  it('says what a lost attempt was lost to', () =>
    expect(sentence(examples.recovered(), 'train', 1)).toBe(
      'train attempt 1 of 2, crashed after 0.19 s: worker terminated, injected',
    ));

  it('does not say when an attempt ended that went down with its tab', () =>
    expect(sentence(examples.slept(), 'train', 1)).toBe(
      'train attempt 1 of 2, crashed: engine stopped or tab closed',
    ));

  it('says the verdict where a gate decided', () =>
    expect(sentence(examples.rejected(), 'promote', 1)).toBe(
      'promote attempt 1 of 1, rejected after 0.01 s',
    ));

  it('says how long a running attempt has been on', () =>
    expect(sentence(examples.training(), 'train', 1, START + 11_500)).toBe(
      'train attempt 1 of 1, running for 0.60 s',
    ));

  it('does not call an attempt injected that its fault did not end', () =>
    expect(sentence(examples.promoted(), 'extract', 3)).toBe(
      'extract attempt 3 of 3, completed after 0.21 s',
    ));
});

describe('attempts allowed', () => {
  it('are one and the retries', () =>
    expect(attemptsAllowed(taskRun(examples.queued().view(), 'extract'))).toBe(3));

  it('grow with each attempt that was lost, because no retry was used', () =>
    expect(attemptsAllowed(taskRun(examples.recovered().view(), 'train'))).toBe(2));
});

describe('why a run exists', () => {
  it.each([
    [{ kind: 'person' } as const, 'Started by you'],
    [{ kind: 'link' } as const, 'Started from a shared link'],
    [{ kind: 'command line' } as const, 'Started from the command line'],
    [
      { kind: 'schedule', deployment: 'nightly', dueAt: 0 } as const,
      'Started by the schedule of nightly',
    ],
    [
      { kind: 'flow', flowRunId: asFlowRunId('fr_test'), flowRunName: 'splendid-otter' } as const,
      'Called by splendid-otter',
    ],
  ])('%o', (trigger, told) => expect(triggerSentence(trigger)).toBe(told));
});
