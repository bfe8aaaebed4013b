import * as v from 'valibot';
import { failureSchema as failure } from './author-replies.ts';
import {
  count,
  fault,
  kind,
  number,
  request,
  result,
  retry,
  some,
  state,
  taskPolicy,
  text,
  verdict,
} from './stored-shapes.ts';

/** Of an event whose kind is not among them nothing is known: folds leave it out. */
const BODIES: Readonly<Record<string, v.GenericSchema>> = {
  'flow-run.created': v.looseObject({ ...request, flowRunId: text, runtime: text }),
  'flow-run.state': v.looseObject({
    state,
    flowAttempt: count,
    reason: kind,
    failure: some(failure),
    retry: some(retry),
  }),
  'task-run.created': v.looseObject({
    taskRunId: text,
    taskName: text,
    index: count,
    name: text,
    flowAttempt: count,
    dependsOn: v.array(text),
    policy: taskPolicy,
    state,
    reason: kind,
  }),
  'task-run.state': v.looseObject({
    taskRunId: text,
    attempt: count,
    state,
    reason: kind,
    failure: some(failure),
    retry: some(retry),
    result: some(result),
  }),
  'attempt.started': v.looseObject({ taskRunId: text, attempt: count, fault: some(fault) }),
  'attempt.ended': v.looseObject({
    taskRunId: text,
    attempt: count,
    state,
    failure: some(failure),
    durationMs: number,
  }),
  'checkpoint.saved': v.looseObject({
    taskRunId: text,
    attempt: count,
    progress: number,
    bytes: count,
  }),
  'verdict.decided': v.looseObject({ taskRunId: text, verdict }),
  'model.saved': v.looseObject({ taskRunId: text, model: text, version: count, bytes: count }),
  'alias.moved': v.looseObject({ model: text, alias: text, to: count, reason: text }),
  'alias.removed': v.looseObject({ model: text, alias: text, from: count, reason: text }),
  'version.imported': v.looseObject({ model: text, version: count, file: text }),
  'version.deleted': v.looseObject({ model: text, version: count }),
  'schedule.set': v.looseObject({ cron: text, timezone: text }),
  'schedule.paused': v.looseObject({ paused: v.boolean() }),
  'tick.decided': v.looseObject({ dueAt: number, verdict: text, reason: text }),
};

/** The body of an event as a file may bring it. */
export const eventBody = v.lazy((input) =>
  v.is(kind, input) ? (BODIES[input.kind] ?? kind) : kind,
);
