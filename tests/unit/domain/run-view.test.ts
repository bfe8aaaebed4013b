import { describe, expect, it } from 'vitest';
import type { EventBody, NightshiftEvent } from '#domain/events.ts';
import { foldRun, foldRunEvents } from '#domain/run-view.ts';
import { retrainSentiment } from '#tests/support/sample-sources.ts';
import { rigFor } from '#tests/support/engine-rig.ts';
import { runStream } from '#domain/ids.ts';

async function aRun(): Promise<readonly NightshiftEvent[]> {
  const rig = await rigFor(retrainSentiment);
  const { created } = await rig.run({
    faults: [{ task: 'extract', attempts: [1], effect: { kind: 'throw' } }],
  });
  return rig.store.events(runStream(created.flowRunId));
}

describe('the view of a run', () => {
  it('is none before it was created', async () => {
    const [, ...rest] = await aRun();
    expect(foldRunEvents([])).toBeUndefined();
    expect(foldRunEvents(rest)).toBeUndefined();
  });

  it('does not change when events come again, as history and feed both bring them', async () => {
    const events = await aRun();
    const view = foldRunEvents(events);
    expect(foldRunEvents([...events, ...events])).toEqual(view);
    expect(events.reduce(foldRun, view)).toEqual(view);
  });

  it('leaves out what it does not know, and goes on behind it', async () => {
    const events = await aRun();
    const known = foldRunEvents(events);
    const unknown = { kind: 'flow-run.dreamt' } as object as EventBody;
    const last = events.at(-1);
    const later = { ...last!, seq: events.length + 1, body: unknown };
    expect(foldRunEvents([...events, later])).toEqual({ ...known, lastSeq: events.length + 1 });
  });

  it('at each of its events is what was known then', async () => {
    const events = await aRun();
    const names = events.map((_, i) => foldRunEvents(events.slice(0, i + 1))?.state.name);
    expect([...new Set(names)]).toEqual(['Pending', 'Running', 'Completed']);
    const waiting = events.findIndex(
      ({ body }) => body.kind === 'task-run.state' && body.state.name === 'AwaitingRetry',
    );
    const wait = foldRunEvents(events.slice(0, waiting + 1))?.taskRuns[0]?.waits[0];
    expect(wait).toMatchObject({ afterAttempt: 1, retry: { delayMs: 5000 } });
    expect(wait?.endedAt).toBeUndefined();
    expect(wait && wait.until - wait.from).toBe(5000);
  });

  it('knows the verdict, the model and the checkpoints', async () => {
    const view = foldRunEvents(await aRun());
    expect(view?.verdict?.verdict.summary).toBe('promoted (acc=0.928)');
    expect(view?.model).toEqual({ name: 'sentiment', version: 1, bytes: 1 });
    expect(view?.taskRuns[0]?.attempts.map(({ state }) => state.name)).toEqual([
      'Failed',
      'Completed',
    ]);
  });
});
