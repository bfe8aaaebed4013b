import type { GateCondition } from '#domain/gate.ts';
import type { GateHistoryRow } from '#domain/gate-history.ts';
import { isTerminal } from '#domain/states.ts';
import type { EngineSession } from './engine-session.svelte.ts';
import { evaluationOf, trainingPoints } from './followed-run.ts';
import { progressKey } from './live-progress.ts';
import { Player } from './player.svelte.ts';
import { RunFollower } from './run-follower.svelte.ts';
import { inStrides } from './stride.ts';
import type { Ticker } from './ticker.svelte.ts';

/** A run on the screen: live, finished, recorded or replayed. All four are the same fold at some instant. */
export class ShownRun {
  readonly follower: RunFollower;
  readonly player = new Player();
  readonly #ticker: Ticker;
  readonly #session: EngineSession;

  #frame = $derived.by(() => this.player.frame ?? this.follower.run);
  view = $derived(this.#frame?.view);
  logs = $derived(this.#frame?.logs ?? []);
  training = $derived(trainingPoints(this.#frame?.metrics ?? []));
  evaluation = $derived(evaluationOf(this.#frame?.metrics ?? []));
  replaying = $derived.by(() => this.player.recording !== undefined);
  /** Shipped with the site; no run of this browser. */
  recorded = $derived.by(() => this.follower.id === undefined && this.follower.run !== undefined);
  active = $derived.by(() => {
    const view = this.follower.run?.view;
    return view !== undefined && this.follower.id !== undefined && !isTerminal(view.state);
  });
  /** It waits for a person, and nothing of it moves meanwhile. */
  resting = $derived.by(() => {
    const view = this.follower.run?.view;
    return (
      view?.pause !== undefined && view.taskRuns.every(({ state }) => state.type !== 'RUNNING')
    );
  });
  /** Of the attempt that is on, 0..1, as far as its task reports any. */
  progress = $derived.by(() => {
    const running = this.view?.taskRuns.find(({ state }) => state.type === 'RUNNING');
    const attempt = running?.attempts.at(-1)?.number;
    return this.active && running && attempt
      ? this.follower.progress[progressKey(running.id, attempt)]
      : undefined;
  });
  /** The instant that is shown: the playhead, now, or the end. */
  now = $derived.by(() => {
    if (this.replaying) return this.player.playhead;
    const { lastAt = 0, taskRuns = [] } = this.view ?? {};
    if (!this.active) return lastAt;
    return Math.max(inStrides(this.#ticker.now, taskRuns.length), lastAt);
  });

  constructor(session: EngineSession, ticker: Ticker) {
    this.follower = new RunFollower(session);
    this.#ticker = ticker;
    this.#session = session;
  }

  /** What these conditions would have said about past runs. */
  askGateHistory = async (
    conditions: readonly GateCondition[],
  ): Promise<readonly GateHistoryRow[]> => (await this.#session.api()).gateHistory(conditions);

  replay(): void {
    if (this.follower.run) this.player.open(this.follower.run);
  }
}
