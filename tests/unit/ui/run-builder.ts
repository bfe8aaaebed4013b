import { EVENT_VERSION } from '#domain/events.ts';
import type { EventBody, FlowRunEvent, NightshiftEvent, TaskRunEvent } from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import type { Fault } from '#domain/faults.ts';
import { decideGate } from '#domain/gate.ts';
import { asContentHash, asFlowRunId, runStream, taskRunId, type TaskRunId } from '#domain/ids.ts';
import { inWords } from '#domain/reasons.ts';
import { resolveTaskPolicy, type TaskOptions } from '#domain/policies.ts';
import { nextRetry } from '#domain/retry.ts';
import { foldRunEvents, type RunView } from '#domain/run-view.ts';
import * as states from '#domain/states.ts';

const RUN = asFlowRunId('fr_test');

export const START = Date.UTC(2026, 7, 21, 14, 32, 1, 245);

export const SOURCE_UNAVAILABLE: Failure = {
  kind: 'exception',
  name: 'Error',
  message: 'source unavailable',
  injected: true,
};

/** Writes the event log of one run by hand: `at` is ms since the run's start. */
export class RunBuilder {
  readonly events: NightshiftEvent[] = [];
  #now = 0;

  constructor(created: Partial<Extract<FlowRunEvent, { kind: 'flow-run.created' }>> = {}) {
    this.add(0, { ...CREATED, ...created });
  }

  /** Later events are `ms` later. */
  wait(ms: number): this {
    this.#now += ms;
    return this;
  }

  running(): this {
    return this.add(0, {
      kind: 'flow-run.state',
      state: states.running(),
      flowAttempt: 1,
      reason: inWords('the flow body began'),
    });
  }

  paused(message: string, seconds = 3600): this {
    const from = START + this.#now;
    const until = from + seconds * 1000;
    return this.add(0, {
      kind: 'flow-run.state',
      state: states.paused(),
      flowAttempt: 1,
      reason: { kind: 'paused', seconds, until, message },
      pause: { number: 1, call: 0, message, suspend: false, from, until },
    });
  }

  task(name: string, options: TaskOptions = {}, after: readonly string[] = [], index = 0): this {
    return this.add(0, {
      kind: 'task-run.created',
      taskRunId: idOf(name, index),
      taskName: name,
      index,
      name: `${name}-${index}`,
      flowAttempt: 1,
      dependsOn: after.map((one) => idOf(one)),
      policy: resolveTaskPolicy(name, options),
      state: states.pending(),
      reason: inWords('the flow called it'),
    });
  }

  begin(
    name: string,
    attempt = 1,
    extra: { fault?: Fault; resumesAt?: number } = {},
    index = 0,
  ): this {
    const id = idOf(name, index);
    this.state(id, attempt, attempt === 1 ? states.running() : states.retrying());
    return this.add(0, { kind: 'attempt.started', taskRunId: id, attempt, ...extra });
  }

  checkpoint(name: string, attempt: number, progress: number): this {
    return this.add(0, {
      kind: 'checkpoint.saved',
      taskRunId: idOf(name),
      attempt,
      progress,
      bytes: 96_000,
    });
  }

  complete(name: string, attempt = 1, label = '', stateName = 'Completed', index = 0): this {
    const id = idOf(name, index);
    this.end(id, attempt, states.completed());
    return this.add(0, {
      kind: 'task-run.state',
      taskRunId: id,
      attempt,
      state: states.completed(stateName),
      reason: inWords('the attempt completed'),
      result: { hash: asContentHash('sha256-0'), bytes: 10, label },
    });
  }

  /** Fails an attempt; with a retry left it then waits, or starts at once when the delay is 0. */
  fail(
    name: string,
    attempt: number,
    failure: Failure,
    options: TaskOptions,
    retriesUsed = attempt - 1,
  ): this {
    const id = idOf(name);
    const state = failure.kind === 'timeout' ? states.timedOut('') : states.failed('');
    this.end(id, attempt, state, failure);
    const retry = nextRetry(resolveTaskPolicy(name, options), retriesUsed);
    if (!retry) return this.state(id, attempt, state, { failure });
    if (retry.delayMs === 0) return this;
    return this.state(id, attempt, states.awaitingRetry(), { retry });
  }

  lose(
    name: string,
    attempt: number,
    cause: Extract<Failure, { kind: 'lost' }>['cause'],
    injected = false,
  ): this {
    const failure: Failure = { kind: 'lost', cause, injected };
    return this.end(idOf(name), attempt, { type: 'CRASHED', name: 'Crashed' }, failure);
  }

  gate(name: string, accuracy: number, atLeast = 0.9): this {
    const verdict = decideGate([{ metric: 'accuracy', atLeast }], { metrics: { accuracy } });
    return this.add(0, { kind: 'verdict.decided', taskRunId: idOf(name), verdict });
  }

  model(name: string, version: number): this {
    return this.add(0, {
      kind: 'model.saved',
      taskRunId: idOf(name),
      model: 'sentiment',
      version,
      bytes: 1_200_000,
    });
  }

  finish(state: states.State = states.completed(), failure?: Failure): this {
    return this.add(0, {
      kind: 'flow-run.state',
      state,
      flowAttempt: 1,
      reason: inWords(state.message ?? 'the flow body returned'),
      ...(failure ? { failure } : {}),
    });
  }

  view(): RunView {
    const view = foldRunEvents(this.events);
    if (!view) throw new Error('a run begins with its creation');
    return view;
  }

  add(ms: number, body: EventBody): this {
    const seq = this.events.length + 1;
    this.events.push({
      v: EVENT_VERSION,
      streamId: runStream(RUN),
      seq,
      at: START + this.#now + ms,
      body,
    });
    return this;
  }

  private state(
    id: TaskRunId,
    attempt: number,
    state: states.State,
    extra: Partial<Extract<TaskRunEvent, { kind: 'task-run.state' }>> = {},
  ): this {
    return this.add(0, {
      kind: 'task-run.state',
      taskRunId: id,
      attempt,
      state,
      reason: inWords(''),
      ...extra,
    });
  }

  private end(id: TaskRunId, attempt: number, state: states.State, failure?: Failure): this {
    return this.add(0, {
      kind: 'attempt.ended',
      taskRunId: id,
      attempt,
      state,
      durationMs: 0,
      ...(failure ? { failure } : {}),
    });
  }
}

export const idOf = (taskName: string, index = 0): TaskRunId =>
  taskRunId({ flowRunId: RUN, flowAttempt: 1, taskName, index });

const CREATED: Extract<FlowRunEvent, { kind: 'flow-run.created' }> = {
  kind: 'flow-run.created',
  flowRunId: RUN,
  name: 'splendid-otter',
  flowId: 'retrain-sentiment',
  flowName: 'retrain-sentiment',
  sourceHash: asContentHash('sha256-0'),
  parameters: { threshold: 0.9 },
  overrides: {},
  faults: [],
  seed: 7,
  arrivalDay: 30,
  trigger: { kind: 'person' },
  runtime: 'test',
  state: states.pending(),
};
