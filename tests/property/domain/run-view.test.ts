import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  EVENT_VERSION,
  type EventBody,
  type NightshiftEvent,
  type TaskRunEvent,
} from '#domain/events.ts';
import { runStream, taskRunId } from '#domain/ids.ts';
import { foldRun, foldRunBatch, foldRunEvents, type RunView } from '#domain/run-view.ts';
import * as S from '#domain/states.ts';
import { taskRunById } from '#domain/task-run-list.ts';
import { FLOW_RUN, SOME_TIME, taskRun, verdict } from '#tests/support/builders.ts';
import { flowCreated } from '#tests/support/machine-runs.ts';
import { naiveFold } from '#tests/support/naive-fold.ts';

const idOf = (index: number) =>
  taskRunId({ flowRunId: FLOW_RUN, flowAttempt: 1, taskName: 'noop', index });

const createdTask = (index: number): TaskRunEvent => ({
  kind: 'task-run.created',
  taskRunId: idOf(index),
  taskName: 'noop',
  index,
  name: `noop-${index}`,
  flowAttempt: 1,
  dependsOn: [],
  policy: taskRun().policy,
  state: S.pending(),
  reason: { kind: 'called', task: 'noop' },
});

/** Of task runs that exist, and now and then of one that does not. */
const ids = fc.nat({ max: 8 }).map(idOf);
const attempts = fc.integer({ min: 1, max: 3 });
const states = fc.constantFrom(
  S.running(),
  S.completed(),
  S.failed('broke'),
  S.awaitingRetry(),
  S.notReady('blocked'),
  S.cancelled('asked'),
);
const retries = fc.option(
  fc.constantFrom(0, 500).map((delayMs) => ({
    retry: 1,
    retries: 2,
    delayMs,
    rule: 'fixed' as const,
    position: 1,
  })),
  { nil: undefined },
);

const bodies: fc.Arbitrary<EventBody | 'new task run'> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<'new task run'>('new task run') },
  {
    weight: 6,
    arbitrary: fc
      .record({ taskRunId: ids, attempt: attempts, state: states, retry: retries })
      .map(({ retry, ...rest }): EventBody => ({
        kind: 'task-run.state',
        reason: { kind: 'delay over' },
        ...rest,
        ...(retry ? { retry } : {}),
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ taskRunId: ids, attempt: attempts })
      .map((rest): EventBody => ({ kind: 'attempt.started', ...rest })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ taskRunId: ids, attempt: attempts, state: states })
      .map((rest): EventBody => ({ kind: 'attempt.ended', durationMs: 5, ...rest })),
  },
  fc
    .record({ taskRunId: ids, attempt: attempts })
    .map((rest): EventBody => ({ kind: 'checkpoint.saved', progress: 0.5, bytes: 9, ...rest })),
  ids.map((id): EventBody => ({
    kind: 'verdict.decided',
    taskRunId: id,
    verdict: verdict().verdict,
  })),
  ids.map((id): EventBody => ({
    kind: 'model.saved',
    taskRunId: id,
    model: 'sentiment',
    version: 1,
    bytes: 7,
  })),
  states.map((state): EventBody => ({
    kind: 'flow-run.state',
    state,
    flowAttempt: 1,
    reason: { kind: 'flow returned' },
  })),
  fc.constant({ kind: 'flow-run.dreamt' } as object as EventBody),
);

/** A log as a run writes it; some events come a second time, as history and feed both bring them. */
const logs = fc
  .array(fc.tuple(bodies, fc.constantFrom(0, 1, 250), fc.boolean()), { maxLength: 60 })
  .map((steps): readonly NightshiftEvent[] => {
    let at = SOME_TIME;
    let tasks = 0;
    const told = steps.map(([body, ms, again], i) => {
      at += ms;
      const known = body === 'new task run' ? createdTask(tasks++) : body;
      return { event: eventOf(known, i + 2, at), again };
    });
    const repeated = told.flatMap(({ event, again }) => (again ? [event, event] : [event]));
    return [eventOf(flowCreated, 1, SOME_TIME), ...repeated];
  });

const eventOf = (body: EventBody, seq: number, at: number): NightshiftEvent => ({
  v: EVENT_VERSION,
  streamId: runStream(FLOW_RUN),
  seq,
  at,
  body,
});

const modelOf = (log: readonly NightshiftEvent[]): RunView | undefined =>
  log.reduce<RunView | undefined>(naiveFold, undefined);

it('a log folded at once is what it is event by event', () => {
  const property = fc.property(logs, (log) => {
    expect(foldRunEvents(log)).toEqual(modelOf(log));
  });
  fc.assert(property);
});

it('however it is cut into batches, every view on the way is right and stays as it was', () => {
  const property = fc.property(
    logs,
    fc.array(fc.nat({ max: 9 }), { minLength: 1 }),
    (log, sizes) => {
      const views: { until: number; view: RunView | undefined }[] = [];
      let view: RunView | undefined;
      for (let from = 0; from < log.length;) {
        const until = from + 1 + (sizes[views.length % sizes.length] ?? 0);
        view = foldRunBatch(view, log.slice(from, until));
        views.push({ until, view });
        from = until;
      }
      for (const one of views) expect(one.view).toEqual(modelOf(log.slice(0, one.until)));
    },
  );
  fc.assert(property);
});

it('views that went different ways from a common one do not disturb each other', () => {
  const property = fc.property(logs, logs, (log, other) => {
    const common = foldRunEvents(log);
    const seq = log.length + 100;
    const later = [...new Set(other.slice(1))]
      .map((event) => ({ ...event, seq: event.seq + seq }))
      .map(renumbered);
    const one = foldRunBatch(common, later);
    const two = later.reduceRight<RunView | undefined>(
      (view, event, i) => foldRun(view, { ...event, seq: seq + later.length - i }),
      common,
    );
    expect(one).toEqual(later.reduce<RunView | undefined>(naiveFold, modelOf(log)));
    for (const view of [common, one, two])
      for (const known of view?.taskRuns ?? [])
        expect(taskRunById(view?.taskRuns ?? [], known.id)).toBe(known);
  });
  fc.assert(property);
});

/** Task runs of another way are others. */
function renumbered(event: NightshiftEvent): NightshiftEvent {
  const { body } = event;
  return body.kind === 'task-run.created'
    ? { ...event, body: { ...body, taskRunId: idOf(body.index + 1000) } }
    : event;
}
