import type { RunHistory, RunRequest } from '#domain/engine-api.ts';
import {
  EVENT_VERSION,
  type EventBody,
  type NightshiftEvent,
  type ResultSummary,
} from '#domain/events.ts';
import type { Failure } from '#domain/failures.ts';
import { faultFor, type Fault } from '#domain/faults.ts';
import { decideGate } from '#domain/gate.ts';
import { asContentHash, asFlowRunId, runStream, taskRunId, type TaskRunId } from '#domain/ids.ts';
import type { Line, LogLevel } from '#domain/lines.ts';
import { inWords } from '#domain/reasons.ts';
import { resolveFlowPolicy, resolveTaskPolicy } from '#domain/policies.ts';
import { nextRetry } from '#domain/retry.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { foldRunEvents } from '#domain/run-view.ts';
import * as S from '#domain/states.ts';
import { describeState, type State } from '#domain/states.ts';

/** One thing the scripted engine says, so many milliseconds after the run was created. */
export type Cue =
  | { readonly at: number; readonly kind: 'event'; readonly body: EventBody }
  | { readonly at: number; readonly kind: 'line'; readonly line: Line }
  | {
      readonly at: number;
      readonly kind: 'progress';
      readonly taskRunId: TaskRunId;
      readonly attempt: number;
      readonly fraction: number;
    };

interface Act {
  readonly task: string;
  readonly options: Parameters<typeof resolveTaskPolicy>[1];
  readonly workMs: number;
  readonly label: string;
}

const ACTS: readonly Act[] = [
  {
    task: 'extract',
    options: { retries: 2, retryDelaySeconds: 5 },
    workMs: 280,
    label: '2,880 train / 720 held-out reviews',
  },
  { task: 'train', options: {}, workMs: 260, label: '2,880 reviews' },
  { task: 'evaluate', options: {}, workMs: 20, label: '720 held out' },
  { task: 'promote', options: {}, workMs: 12, label: 'promoted (acc=0.928)' },
];

const HASH = asContentHash(`sha256-${'7'.repeat(64)}`);

/** Plays the built-in flow as the engine would report it: faults, retries, gate and all. `createdAt`: epoch ms. */
export class ScriptedRun {
  readonly cues: Cue[] = [];
  readonly id;
  #clock = 0;
  readonly #request: RunRequest;
  readonly #name: string;
  readonly #createdAt: number;

  constructor(request: RunRequest, name: string, createdAt: number, version: number) {
    this.#request = request;
    this.#name = name;
    this.#createdAt = createdAt;
    this.id = asFlowRunId(`fr_${name.replaceAll('-', '')}`);
    this.#begin();
    const failed = this.#acts(version);
    this.#finish(failed);
  }

  history(until = Infinity): RunHistory {
    const past = this.cues.filter((cue) => cue.at <= until);
    const events = past
      .flatMap((cue) => (cue.kind === 'event' ? [cue.body] : []))
      .map(this.toEvent);
    const lines = past.flatMap((cue) => (cue.kind === 'line' ? [cue.line] : []));
    return { record: this.#record(events), events, lines, files: this.#request.files };
  }

  /** Numbered as it falls in the stream. */
  toEvent = (body: EventBody): NightshiftEvent => {
    const events = this.cues.filter((cue) => cue.kind === 'event');
    const index = events.findIndex((cue) => cue.body === body);
    const at = this.#createdAt + (events[index]?.at ?? 0);
    return { v: EVENT_VERSION, streamId: runStream(this.id), seq: index + 1, at, body };
  };

  #begin(): void {
    const { faults, overrides, seed, flowId, trigger, parameters } = this.#request;
    this.#event({
      kind: 'flow-run.created',
      flowRunId: this.id,
      name: this.#name,
      flowId,
      flowName: 'retrain-sentiment',
      sourceHash: HASH,
      parameters: { threshold: 0.9, ...parameters },
      overrides,
      faults,
      seed,
      arrivalDay: this.#request.arrivalDay ?? 30,
      trigger,
      runtime: '0.1.0',
      state: S.scheduled(),
    });
    this.#log('nightshift.engine', `Created flow run '${this.#name}' for flow 'retrain-sentiment'`);
    this.#clock += 18;
    this.#flowState(S.running(), 'the flow run started');
  }

  /** The failure of the first task that stays failed. */
  #acts(version: number): Failure | undefined {
    const names: TaskRunId[] = [];
    for (const act of ACTS) {
      const id = taskRunId({ flowRunId: this.id, flowAttempt: 1, taskName: act.task, index: 0 });
      const failure = this.#task(act, id, names, version);
      if (failure) return failure;
      names.push(id);
    }
    return undefined;
  }

  #task(
    act: Act,
    id: TaskRunId,
    before: readonly TaskRunId[],
    version: number,
  ): Failure | undefined {
    const policy = resolveTaskPolicy(act.task, act.options, this.#request.overrides[act.task]);
    const dependsOn = before.slice(-1);
    this.#event({
      kind: 'task-run.created',
      taskRunId: id,
      taskName: act.task,
      index: 0,
      name: `${act.task}-0`,
      flowAttempt: 1,
      dependsOn,
      policy,
      state: S.pending(),
      reason: { kind: 'called', task: act.task },
    });
    let retries = 0;
    for (let attempt = 1; ; attempt++) {
      this.#clock += 6;
      const failure = this.#attempt(act, id, attempt, policy.timeoutSeconds, version);
      if (!failure) return undefined;
      if (failure.kind === 'lost') continue;
      const retry = nextRetry(policy, retries++);
      const what =
        failure.kind === 'exception' ? `${failure.name}('${failure.message}')` : 'TimedOut';
      if (!retry) {
        const state =
          failure.kind === 'timeout'
            ? S.timedOut(timeoutText(failure.seconds))
            : S.failed(`Task run encountered an exception ${what}`);
        this.#taskState(id, attempt, state, 'no retry was left', { failure });
        this.#log(
          `Task run '${act.task}-0'`,
          `Task run failed with exception: ${what} - Retries are exhausted`,
          'ERROR',
          id,
          attempt,
        );
        this.#log(
          `Task run '${act.task}-0'`,
          `Finished in state ${describeState(state)}`,
          'ERROR',
          id,
          attempt,
        );
        return failure;
      }
      this.#taskState(id, attempt, S.awaitingRetry(), 'the attempt failed and a retry was left', {
        failure,
        retry,
      });
      this.#log(
        `Task run '${act.task}-0'`,
        `Task run failed with exception: ${what} - Retry ${retry.retry}/${retry.retries} will start ${retry.delayMs / 1000} second(s) from now`,
        'INFO',
        id,
        attempt,
      );
      this.#clock += retry.delayMs;
    }
  }

  #attempt(
    act: Act,
    id: TaskRunId,
    attempt: number,
    timeout: number | undefined,
    version: number,
  ): Failure | undefined {
    const fault = faultFor(this.#request.faults, act.task, attempt);
    this.#taskState(
      id,
      attempt,
      attempt === 1 ? S.running() : S.retrying(),
      `attempt ${attempt} started`,
    );
    const resumesAt = attempt > 1 && act.task === 'train' ? 0.4 : undefined;
    this.#event({
      kind: 'attempt.started',
      taskRunId: id,
      attempt,
      ...(fault ? { fault } : {}),
      ...(resumesAt ? { resumesAt } : {}),
    });
    const began = this.#clock;
    const failure = this.#work(act, id, attempt, fault, timeout, resumesAt ?? 0);
    const state = endState(failure);
    if (!failure && act.task === 'promote') return this.#promote(id, attempt, began, version);
    this.#event({
      kind: 'attempt.ended',
      taskRunId: id,
      attempt,
      state,
      durationMs: this.#clock - began,
      ...(failure ? { failure } : {}),
    });
    if (failure?.kind === 'lost')
      this.#taskState(id, attempt, S.pending(), 'the attempt was lost and is started again', {
        failure,
      });
    if (!failure) this.#completed(act, id, attempt, state, act.label);
    return failure;
  }

  #work(
    act: Act,
    id: TaskRunId,
    attempt: number,
    fault: Fault | undefined,
    timeout: number | undefined,
    from: number,
  ): Failure | undefined {
    const effect = fault?.effect;
    const until = effect && 'at' in effect ? effect.at : effect?.kind === 'throw' ? 0.5 : 1;
    if (act.task === 'train') this.#train(id, attempt, act.workMs, from, until);
    else this.#clock += act.workMs * until;
    if (!effect || effect.kind === 'flip-labels') return undefined;
    if (effect.kind === 'throw')
      return { kind: 'exception', name: 'Error', message: 'source unavailable', injected: true };
    if (effect.kind === 'crash')
      return { kind: 'lost', cause: 'worker terminated', injected: true };
    this.#clock += (timeout ?? 3600) * 1000;
    return { kind: 'timeout', seconds: timeout ?? 3600, subject: 'Task' };
  }

  #train(id: TaskRunId, attempt: number, workMs: number, from: number, until: number): void {
    const origin = { taskRunId: id, attempt };
    for (let step = 1 + Math.round(from * 30); step <= Math.round(until * 30); step++) {
      this.#clock += workMs / 30;
      const loss = 0.12 + 0.55 * Math.exp(-step / 8);
      const values = {
        loss,
        heldOutLoss: loss + 0.004 * step + 0.02,
        heldOutAccuracy: this.#accuracy - 0.3 * Math.exp(-step / 5),
      };
      this.#line({ kind: 'metric', at: this.#time, series: 'training', step, values, ...origin });
      this.#log(
        "Task run 'train-0'",
        `iteration ${step}: loss ${loss.toFixed(4)}`,
        'DEBUG',
        id,
        attempt,
      );
      this.cues.push({ at: this.#clock, kind: 'progress', ...origin, fraction: step / 30 });
    }
    if (until < 1)
      this.#event({ kind: 'checkpoint.saved', ...origin, progress: until, bytes: 88_000 });
  }

  #promote(id: TaskRunId, attempt: number, began: number, version: number): undefined {
    const atLeast = Number(this.#request.parameters['threshold'] ?? 0.9);
    const metrics = { accuracy: this.#accuracy };
    const verdict = decideGate([{ metric: 'accuracy', atLeast }], { metrics });
    this.#event({ kind: 'verdict.decided', taskRunId: id, verdict });
    if (verdict.promoted)
      this.#event({
        kind: 'model.saved',
        taskRunId: id,
        model: 'sentiment',
        version,
        bytes: 182_000,
      });
    const state = S.completed(verdict.promoted ? 'Promoted' : 'Rejected');
    this.#event({
      kind: 'attempt.ended',
      taskRunId: id,
      attempt,
      state: S.completed(),
      durationMs: this.#clock - began,
    });
    this.#completed({ task: 'promote' }, id, attempt, state, verdict.summary);
    this.#log(`Flow run '${this.#name}'`, verdict.summary);
  }

  #completed(
    act: Pick<Act, 'task'>,
    id: TaskRunId,
    attempt: number,
    state: State,
    label: string,
  ): void {
    const result: ResultSummary = { hash: HASH, bytes: 4_120, label };
    this.#taskState(id, attempt, state, 'the attempt completed', { result });
    this.#log(
      `Task run '${act.task}-0'`,
      `Finished in state ${describeState(state)}`,
      'INFO',
      id,
      attempt,
    );
    if (act.task !== 'evaluate') return;
    const half = 0.0195;
    const values = {
      accuracy: this.#accuracy,
      heldOut: 720,
      low: this.#accuracy - half,
      high: this.#accuracy + half,
    };
    this.#line({
      kind: 'metric',
      at: this.#time,
      series: 'evaluation',
      step: 1,
      values,
      taskRunId: id,
      attempt,
    });
  }

  #finish(failure: Failure | undefined): void {
    this.#clock += 8;
    const state = failure ? S.failed('Flow run encountered an exception') : S.completed();
    this.#flowState(state, failure ? 'a task run failed' : 'the flow returned', failure);
    const level = failure ? 'ERROR' : 'INFO';
    this.#log(`Flow run '${this.#name}'`, `Finished in state ${describeState(state)}`, level);
  }

  get #accuracy(): number {
    return this.#request.faults.some(({ effect }) => effect.kind === 'flip-labels') ? 0.806 : 0.928;
  }

  get #time(): number {
    return this.#createdAt + this.#clock;
  }

  #event(body: EventBody): void {
    this.cues.push({ at: this.#clock, kind: 'event', body });
  }

  #line(line: Line): void {
    this.cues.push({ at: this.#clock, kind: 'line', line });
  }

  #log(
    logger: string,
    message: string,
    level: LogLevel = 'INFO',
    taskRun?: TaskRunId,
    attempt?: number,
  ): void {
    const origin = taskRun === undefined ? {} : { taskRunId: taskRun };
    this.#line({
      kind: 'log',
      at: this.#time,
      level,
      logger,
      message,
      ...origin,
      ...(attempt ? { attempt } : {}),
    });
  }

  #flowState(state: State, reason: string, failure?: Failure): void {
    this.#event({
      kind: 'flow-run.state',
      state,
      flowAttempt: 1,
      reason: inWords(reason),
      ...(failure ? { failure } : {}),
    });
  }

  #taskState(
    id: TaskRunId,
    attempt: number,
    state: State,
    reason: string,
    more: object = {},
  ): void {
    this.#event({
      kind: 'task-run.state',
      taskRunId: id,
      attempt,
      state,
      reason: inWords(reason),
      ...more,
    });
  }

  #record(events: readonly NightshiftEvent[]): FlowRunRecord {
    const view = foldRunEvents(events);
    const { flowId, faults, overrides, seed, trigger, parameters } = this.#request;
    return {
      id: this.id,
      name: this.#name,
      flowId,
      flowName: 'retrain-sentiment',
      sourceHash: HASH,
      parameters: { threshold: 0.9, ...parameters },
      overrides,
      faults,
      seed,
      arrivalDay: this.#request.arrivalDay ?? 30,
      trigger,
      policy: resolveFlowPolicy({ logPrints: true }),
      state: view?.state ?? S.scheduled(),
      flowAttempt: 1,
      recoveriesUsed: 0,
      createdAt: this.#createdAt,
      active: view && S.isTerminal(view.state) ? 0 : 1,
      ...(view?.startedAt === undefined ? {} : { startedAt: view.startedAt }),
      ...(view?.endedAt === undefined ? {} : { endedAt: view.endedAt }),
      ...(view?.failure ? { failure: view.failure } : {}),
      ...(view?.verdict ? { verdict: view.verdict.verdict } : {}),
      ...(view?.model ? { modelVersion: view.model.version } : {}),
    };
  }
}

const timeoutText = (seconds: number) => `Task run exceeded timeout of ${seconds} second(s)`;

function endState(failure: Failure | undefined): State {
  if (!failure) return S.completed();
  if (failure.kind === 'timeout') return S.timedOut(timeoutText(failure.seconds));
  if (failure.kind === 'lost') return S.crashed('Execution was aborted: the worker was terminated');
  return S.failed("Task run encountered an exception Error('source unavailable')");
}
