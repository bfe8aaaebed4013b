import type { FeedMessage, RunHistory } from '#domain/engine-api.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';
import { followedRun, missingFrom, take, type Batch, type FollowedRun } from './followed-run.ts';
import { strideMs } from './stride.ts';
import { progressKey, withProgress, type LiveProgress } from './live-progress.ts';

export type FollowPhase = 'none' | 'loading' | 'following' | 'missing' | 'failed';

/** A log is read from its end: a run that said a million lines is not held up by the first of them. */
const LAST_LINES = 10_000;

/** Taken in one stride at most; the next stride takes the rest. */
const MOST_EVENTS = 4000;

interface Pending extends Batch {
  readonly events: NightshiftEvent[];
  readonly lines: Line[];
  readonly progress: Map<string, number>;
}

const nothing = (): Pending => ({ events: [], lines: [], progress: new Map() });

/** Follows one run: its history, then the feed, folded; a batch a frame, however fast lines arrive. */
export class RunFollower {
  phase = $state<FollowPhase>('none');
  /** Absent: none, or one that no engine knows. */
  id = $state<FlowRunId>();
  reason = $state<string>();
  run = $state.raw<FollowedRun>();
  /** Progress (0..1) by task run and attempt, live only. */
  progress = $state.raw<LiveProgress>({});
  readonly #session: EngineSession;
  readonly #unsubscribe: () => void;
  #pending = nothing();
  #missing = missingFrom([]);
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: EngineSession) {
    this.#session = session;
    this.#unsubscribe = session.onMessage((message) => this.#hear(message));
  }

  /** Keeps what is shown until the other run's history is there. */
  async follow(id: FlowRunId, lastLines = LAST_LINES): Promise<void> {
    this.id = id;
    this.#pending = nothing();
    this.phase = 'loading';
    try {
      const history = await (await this.#session.api()).runHistory(id, lastLines);
      if (this.id === id) this.#begin(history);
    } catch (error) {
      if (this.id !== id) return;
      this.phase = 'failed';
      this.reason = reasonOf(error);
    }
  }

  /** Everything that it ever said. */
  async loadEarlierLines(): Promise<void> {
    if (this.id !== undefined) await this.follow(this.id, Infinity);
  }

  /** Shows a run that no engine knows, such as the recorded one. */
  show(history: RunHistory): void {
    this.id = undefined;
    this.#begin(history);
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
  }

  #begin(history: RunHistory | undefined): void {
    const run = history && followedRun(history);
    this.progress = {};
    this.run = run;
    this.phase = run ? 'following' : 'missing';
    this.#missing = missingFrom(history?.lines ?? []);
    this.#flush();
  }

  #hear(message: FeedMessage): void {
    const { id } = this;
    if (id === undefined) return;
    if (message.kind === 'event' && message.event.streamId === runStream(id))
      this.#pending.events.push(message.event);
    else if (message.kind === 'lines' && message.flowRunId === id)
      this.#pending.lines.push(...message.lines);
    else if (message.kind === 'progress' && message.flowRunId === id)
      this.#pending.progress.set(progressKey(message.taskRunId, message.attempt), message.fraction);
    else return;
    this.#stride();
  }

  /** In the next frame; of a large run not before the pause is over. */
  #stride(): void {
    if (this.#timer !== undefined) return;
    this.#frame ||= requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#frame = 0;
    if (!this.run || this.phase !== 'following') return;
    const { events, lines, progress } = this.#pending;
    const batch: Batch = { events: events.splice(0, MOST_EVENTS), lines: this.#missing(lines) };
    this.#pending = { ...nothing(), events };
    this.progress = withProgress(this.progress, progress, batch.events);
    if (batch.events.length + batch.lines.length === 0) return;
    this.run = take(this.run, batch);
    this.#rest(this.run.view.taskRuns.length);
  }

  #rest(taskRuns: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#pending.events.length + this.#pending.lines.length > 0) this.#stride();
    }, strideMs(taskRuns));
  }
}
