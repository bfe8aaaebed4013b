import type { CacheMiss } from './cache-policy.ts';
import type { ArtifactType } from './artifacts.ts';
import type { Failure } from './failures.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './gate.ts';
import type { FlowHook, TaskHook } from './hooks.ts';
import type { ContentHash, FlowRunId, StreamId, TaskRunId } from './ids.ts';
import type { DeploymentConcurrency } from './limits.ts';
import type { Origin } from './origin.ts';
import type { Json } from './json.ts';
import type { ModelAlias } from './models.ts';
import type { Parameters } from './parameters.ts';
import type { OpenPause } from './pauses.ts';
import type { Overrides, TaskPolicy } from './policies.ts';
import type { IntervalSchedule } from './records.ts';
import { inWords, type Reason } from './reasons.ts';
import type { RetryDecision } from './retry.ts';
import type { State } from './states.ts';

/** Bumped only together with an upcaster; folds ignore kinds they do not know. */
export const EVENT_VERSION = 2;

/**
 * One thing that happened, durable before anyone sees it.
 * `seq` counts from 1 within the stream, without gaps; `at` is milliseconds since the epoch, logical clock.
 */
export interface NightshiftEvent<B extends EventBody = EventBody> {
  readonly v: typeof EVENT_VERSION;
  readonly streamId: StreamId;
  readonly seq: number;
  readonly at: number;
  readonly body: B;
}

/** Events of version 1 gave their reasons as sentences. */
export function upcastEvent(event: NightshiftEvent): NightshiftEvent {
  if ((event.v as number) >= EVENT_VERSION) return event;
  const body = event.body as EventBody & { readonly reason?: unknown };
  const kept = body.kind.startsWith('tick') || body.kind.startsWith('alias');
  if (typeof body.reason !== 'string' || kept) return { ...event, v: EVENT_VERSION };
  const reasoned = { ...body, reason: inWords(body.reason) } as EventBody;
  return { ...event, v: EVENT_VERSION, body: reasoned };
}

/** Why a flow run exists. */
export type Trigger =
  | { readonly kind: 'person' }
  | { readonly kind: 'schedule'; readonly deployment: string; readonly dueAt: number }
  | { readonly kind: 'link' }
  | { readonly kind: 'command line' }
  /** The body of another flow run called it. */
  | { readonly kind: 'flow'; readonly flowRunId: FlowRunId; readonly flowRunName: string };

export type EventBody =
  FlowRunEvent | SubflowEvent | TaskRunEvent | AuthorEvent | ModelEvent | DeploymentEvent;

export type FlowRunEvent =
  | {
      readonly kind: 'flow-run.created';
      readonly flowRunId: FlowRunId;
      readonly name: string;
      readonly flowId: string;
      readonly flowName: string;
      readonly sourceHash: ContentHash;
      readonly parameters: Parameters;
      readonly overrides: Overrides;
      readonly faults: readonly Fault[];
      readonly seed: number;
      /** The last day of the built-in corpus that had arrived. */
      readonly arrivalDay: number;
      readonly trigger: Trigger;
      /** When it is to start; absent: at once. */
      readonly scheduledFor?: number;
      readonly runtime: string;
      readonly state: State;
      /** Present when it was made from another run. */
      readonly origin?: Origin;
    }
  | {
      readonly kind: 'flow-run.state';
      readonly state: State;
      readonly flowAttempt: number;
      readonly reason: Reason;
      readonly failure?: Failure;
      readonly retry?: RetryDecision;
      /** What a run that was paused waits for. */
      readonly pause?: OpenPause;
      /** The run goes to work for the first time. */
      readonly begins?: true;
      /** Nothing follows: also for a flow that returned a state that is not terminal. */
      readonly ended?: true;
    }
  | {
      readonly kind: 'flow-run.hooks-ran';
      readonly hook: FlowHook;
      readonly hooks: readonly HookEnd[];
    };

/** How one hook ended; a failure changes nothing but the log. */
export interface HookEnd {
  readonly name: string;
  readonly failure?: Failure;
}

/** On the stream of the flow run that called the subflow; the subflow has a stream of its own. */
export type SubflowEvent =
  | {
      readonly kind: 'subflow.called';
      readonly flowRunId: FlowRunId;
      /** `splendid-otter` */
      readonly name: string;
      readonly flowName: string;
      readonly flowAttempt: number;
      /** Position among the calls of the flow body, counted from 0. */
      readonly call: number;
    }
  | { readonly kind: 'subflow.ended'; readonly flowRunId: FlowRunId; readonly state: State };

export type TaskRunEvent =
  | {
      readonly kind: 'task-run.created';
      readonly taskRunId: TaskRunId;
      readonly taskName: string;
      readonly index: number;
      /** `extract-0` */
      readonly name: string;
      readonly flowAttempt: number;
      /** Task runs whose results are among the arguments. */
      readonly dependsOn: readonly TaskRunId[];
      readonly policy: TaskPolicy;
      readonly state: State;
      readonly reason: Reason;
    }
  | {
      readonly kind: 'task-run.state';
      readonly taskRunId: TaskRunId;
      /** The attempt that is on, or that was the last; 0 before the first. */
      readonly attempt: number;
      readonly state: State;
      readonly reason: Reason;
      readonly failure?: Failure;
      readonly retry?: RetryDecision;
      /** True when it failed with all its retries used, and it had some. */
      readonly retriesExhausted?: true;
      readonly result?: ResultSummary;
    }
  | {
      readonly kind: 'attempt.started';
      readonly taskRunId: TaskRunId;
      readonly attempt: number;
      /** The fault that will strike it, if any. */
      readonly fault?: Fault;
      /** Progress (0..1) of the checkpoint it may resume from. */
      readonly resumesAt?: number;
    }
  | {
      readonly kind: 'attempt.ended';
      readonly taskRunId: TaskRunId;
      readonly attempt: number;
      readonly state: State;
      readonly failure?: Failure;
      readonly durationMs: number;
    }
  | {
      readonly kind: 'checkpoint.saved';
      readonly taskRunId: TaskRunId;
      readonly attempt: number;
      /** 0..1 */
      readonly progress: number;
      readonly bytes: number;
    }
  /** The name that the author's template or function gave it. */
  | { readonly kind: 'task-run.named'; readonly taskRunId: TaskRunId; readonly name: string }
  | {
      readonly kind: 'cache.missed';
      readonly taskRunId: TaskRunId;
      /** What its result will be kept under; absent when there is none. */
      readonly key?: string;
      readonly miss: CacheMiss;
    }
  | {
      readonly kind: 'hooks.ran';
      readonly taskRunId: TaskRunId;
      readonly hook: TaskHook;
      readonly hooks: readonly HookEnd[];
    }
  | { readonly kind: 'verdict.decided'; readonly taskRunId: TaskRunId; readonly verdict: Verdict }
  | {
      readonly kind: 'model.saved';
      readonly taskRunId: TaskRunId;
      readonly model: string;
      readonly version: number;
      readonly bytes: number;
      /** The alias that moved to it; absent: champion. */
      readonly alias?: ModelAlias;
    };

/** Who made or told something, and as which of its things: unique, so that a repeat is known as one. */
export interface AuthorMark {
  /** Absent: the flow body. */
  readonly taskRunId?: TaskRunId;
  /** Of the task run, or of the flow where there is none; counted from 1. */
  readonly attempt: number;
  /** Counted from 0 within the attempt. */
  readonly ordinal: number;
}

/** What author code made or told; in the stream of its run. */
export type AuthorEvent =
  /** Its content stands in the store, but for a progress: it is small, and the run shows it as it was. */
  | (AuthorMark & {
      readonly kind: 'artifact.saved';
      /** Counted from 1 within the run. */
      readonly number: number;
      readonly type: ArtifactType;
      readonly key?: string;
      readonly description?: string;
      readonly progress?: number;
      /** It was there before. */
      readonly updated?: true;
    })
  | (AuthorMark & { readonly kind: 'author.event'; readonly name: string; readonly data?: Json });

/** Stream `model:<name>`: the history of its aliases, and of versions that came or went by hand. */
export type ModelEvent =
  | AliasMoved
  | {
      readonly kind: 'alias.removed';
      readonly model: string;
      readonly alias: ModelAlias;
      readonly from: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'version.imported';
      readonly model: string;
      readonly version: number;
      /** Its name. */
      readonly file: string;
    }
  /** Its number is never given again. */
  | { readonly kind: 'version.deleted'; readonly model: string; readonly version: number };

export interface AliasMoved {
  readonly kind: 'alias.moved';
  readonly model: string;
  readonly alias: ModelAlias;
  readonly from?: number;
  readonly to: number;
  readonly reason: string;
  /** The run whose task moved it; absent: a person did. */
  readonly flowRunId?: FlowRunId;
  /** It went back to what the alias pointed to before; absent: a promotion. */
  readonly rollback?: true;
}

/** Stream `deployment:<id>`. */
export type DeploymentEvent =
  | {
      readonly kind: 'schedule.set';
      readonly cron: string;
      /** Present: this is the schedule. */
      readonly interval?: IntervalSchedule;
      readonly timezone: string;
    }
  | { readonly kind: 'schedule.paused'; readonly paused: boolean }
  /** Absent: the limit was taken away. */
  | { readonly kind: 'concurrency.set'; readonly concurrency?: DeploymentConcurrency }
  | {
      readonly kind: 'tick.decided';
      readonly dueAt: number;
      readonly verdict: TickVerdict;
      readonly flowRunId?: FlowRunId;
      readonly reason: string;
    };

/** A due tick ends with exactly one of these. */
export type TickVerdict = 'ran' | 'ranLate' | 'coalesced' | 'skipped' | 'missed';

/** What is known of a result without decoding it. */
export interface ResultSummary {
  readonly hash: ContentHash;
  readonly bytes: number;
  /** A few words for people, made where the value was: `2,880 train / 720 held-out reviews`, `0.928`. */
  readonly label: string;
}
