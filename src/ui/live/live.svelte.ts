import type { EngineStatus, FeedMessage, FlowDescription } from '#domain/engine-api.ts';
import { asFlowRunId, type FlowRunId } from '#domain/ids.ts';
import type { OriginRequest } from '#domain/origin.ts';
import { championBefore, type ModelHistory } from '#domain/model-history.ts';
import type { ModelVersionRecord } from '#domain/records.ts';
import type { RunView } from '#domain/run-view.ts';
import { relativeTime } from '#ui/layout/numbers.ts';
import { textStore } from './browser-storage.ts';
import { ChampionStore, MODEL } from './champion.svelte.ts';
import type { Connectors } from './connections.ts';
import { EngineSession, reasonOf } from './engine-session.svelte.ts';
import type { FollowedRun } from './followed-run.ts';
import { Lab } from './lab.svelte.ts';
import { parseRecorded } from './recorded-run.ts';
import { scenarioOf } from './run-scenario.ts';
import { Router } from './router.svelte.ts';
import { Schedule } from './schedule.svelte.ts';
import { offsetMinutes, timeIn } from './schedule-words.ts';
import { Settings } from './settings.svelte.ts';
import { Share } from './share.svelte.ts';
import { ShownRun } from './shown-run.svelte.ts';
import { Ticker } from './ticker.svelte.ts';

const RECORDED = './recorded/run.json';
const LOOK_AGAIN_MS = 3000;
/** How far back the Lab looks for a run that is no subflow. */
const NEWEST = 20;

/** Safari has no requestIdleCallback. */
const whenIdle = (callback: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(callback, { timeout: 500 });
  else setTimeout(callback, 50);
};

/** Everything live on the page, wired together. Views get it whole and show it; it owns no truth. */
export class Live {
  readonly router = new Router();
  readonly ticker = new Ticker();
  readonly share = new Share();
  readonly settings: Settings;
  readonly session: EngineSession;
  readonly champion: ChampionStore;
  readonly schedule: Schedule;
  readonly lab: Lab;
  /** The newest run, on the Lab. */
  readonly shown: ShownRun;
  /** The run of the Run page. */
  readonly opened: ShownRun;
  readonly connectors: Connectors;
  readonly offsetMinutes = offsetMinutes();
  versions = $state.raw<readonly ModelVersionRecord[]>([]);
  #history = $state.raw<ModelHistory>([]);
  /** There is neither a recorded run nor one of this browser. */
  nothingToShow = $state(false);
  /** Why what is stored could not be read, though the engine runs. */
  problem = $state<string>();
  #loadedAs: EngineStatus['role'] | undefined;
  #recorded: Promise<void> | undefined;

  constructor(connectors: Connectors) {
    this.connectors = connectors;
    this.settings = new Settings(textStore(() => localStorage, document.baseURI));
    this.session = new EngineSession(() => connectors.connectEngine());
    this.champion = new ChampionStore(connectors);
    this.schedule = new Schedule(this.session);
    this.shown = new ShownRun(this.session, this.ticker);
    this.opened = new ShownRun(this.session, this.ticker);
    this.lab = new Lab({
      session: this.session,
      shown: this.shown,
      settings: this.settings,
      memory: textStore(() => sessionStorage, document.baseURI),
      builtIn: connectors.builtInFlow,
      flowSources: connectors.flowSources,
    });
    this.session.onMessage((message) => this.#hear(message));
  }

  /** After the first paint: what ships with the site, and when the browser has time, the engine. */
  begin(): void {
    if (!this.settings.hasRuns) {
      void this.#showRecorded();
      void this.champion.loadShipped();
    }
    whenIdle(() => void this.connect());
  }

  async connect(): Promise<void> {
    try {
      await this.session.api();
      const role = this.session.status?.role;
      if (role !== undefined && role !== this.#loadedAs) await this.#loadAll(role);
    } catch (error) {
      // Of an engine that did not start the session itself says why.
      if (this.session.phase === 'ready') this.problem = reasonOf(error);
      await this.#showRecorded();
    }
  }

  /** What is stored is another than what is shown: a file was loaded. */
  reload(): Promise<void> {
    return this.#loadAll('leader');
  }

  /** The described flow, when the run is of that very source: tasks it has not reached can be told. */
  flowOf(shown: ShownRun): FlowDescription | undefined {
    const { run } = shown.follower;
    const same = run?.files.some(({ text }) => text === this.lab.checkedSource);
    return !run || same ? this.lab.flow : undefined;
  }

  /** The champion when the run began: what the gate weighed it against. */
  championBefore(view: RunView | undefined) {
    const version = championBefore(this.#history, view?.createdAt ?? 0);
    if (version === undefined) return undefined;
    const found = this.versions.find((one) => one.version === version);
    return { version, accuracy: found?.metrics['accuracy'] };
  }

  /** Its engine runs and acts. */
  get leads(): boolean {
    return this.session.phase === 'ready' && this.session.status?.role !== 'waiting';
  }

  /** What the top bar says of this tab. */
  get alive(): string {
    const { phase, status } = this.session;
    if (phase === 'failed') return 'Engine stopped';
    if (phase !== 'ready') return 'Engine starting';
    if (status?.role === 'waiting') return 'Another tab leads';
    const { nextRun, timezone } = this.schedule;
    if (nextRun === undefined) return 'Tab alive';
    return `Tab alive, next run ${timeIn(nextRun, timezone)} ${relativeTime(nextRun, this.ticker.now)}`;
  }

  /** A link to what is looked at: the run of the Run page, else the settings of the Lab. */
  copyLink(): void {
    const { route } = this.router;
    const view = route.name === 'run' ? this.opened.view : undefined;
    const arrivalDay = this.session.status?.arrivalDay;
    const today = arrivalDay === undefined ? {} : { arrivalDay };
    if (route.name === 'shared') void this.share.copyAddress(location.href, '');
    else if (view && view.created.trigger.kind !== 'flow')
      void this.share.copy(
        scenarioOf(view, route.name === 'run' ? route.selected : undefined),
        false,
      );
    else void this.share.copy({ ...today, ...this.lab.scenario }, this.lab.edited);
  }

  /** Its settings, not its source: that may be another than the Lab's. */
  openInLab(view: RunView): void {
    this.lab.adopt(scenarioOf(view), false);
    this.router.go({ name: 'lab' });
  }

  /** With other settings: what it is made from is kept beside them. */
  runAgainInLab(run: FollowedRun, origin: OriginRequest): void {
    this.openInLab(run.view);
    this.lab.setOrigin({ origin, name: run.view.created.name, files: run.files });
  }

  async cancel(id: FlowRunId): Promise<void> {
    await (await this.session.api()).cancelRun(id, 'Cancelled by you');
  }

  async #loadAll(role: EngineStatus['role']): Promise<void> {
    this.#loadedAs = role;
    await this.#showNewest();
    if (role === 'waiting') setTimeout(() => void this.#lookAgain(), LOOK_AGAIN_MS);
    try {
      await Promise.all([this.#loadModels(), this.schedule.load()]);
      if (this.champion.version === undefined) await this.champion.loadShipped();
    } finally {
      // To compile and load a source is work: what someone waits to see comes first.
      await new Promise<void>(whenIdle);
      await this.lab.check();
    }
  }

  async #showNewest(): Promise<void> {
    const newestRuns = await (await this.session.api()).runs(NEWEST);
    // A subflow is shown by the run that called it.
    const newest = newestRuns.find(({ parent }) => !parent) ?? newestRuns[0];
    this.settings.setHasRuns(newest !== undefined);
    if (newest) await this.shown.follower.follow(newest.id);
    else await this.#showRecorded();
  }

  /** The engine of another tab feeds that tab only: what it stored is read again while this one waits. */
  async #lookAgain(): Promise<void> {
    if (this.session.status?.role !== 'waiting') return;
    if (!document.hidden) await this.#showNewest().catch(() => undefined);
    setTimeout(() => void this.#lookAgain(), LOOK_AGAIN_MS);
  }

  async #loadModels(): Promise<void> {
    const api = await this.session.api();
    [this.versions, this.#history] = await Promise.all([
      api.modelVersions(MODEL),
      api.modelHistory(MODEL),
    ]);
    await this.champion.loadChampion(this.session);
  }

  /** Asked for more than once, and read once. */
  #showRecorded(): Promise<void> {
    this.#recorded ??= this.#readRecorded();
    return this.#recorded;
  }

  async #readRecorded(): Promise<void> {
    const file = await this.connectors.readAsset(RECORDED);
    const history = file && parseRecorded(await file.text());
    if (this.shown.follower.id !== undefined) return;
    if (history) this.shown.follower.show(history);
    else this.nothingToShow = true;
  }

  #hear(message: FeedMessage): void {
    this.lab.hear(message);
    if (message.kind === 'status' && message.status.role === 'leader') void this.connect();
    if (message.kind !== 'event') return;
    const { body } = message.event;
    if (body.kind === 'alias.moved') void this.#loadModels();
    if (body.kind === 'flow-run.created' && body.trigger.kind !== 'flow')
      this.#newRun(body.flowRunId);
  }

  /** A run begun elsewhere (schedule, command line) is shown unless one is being watched. */
  #newRun(id: string): void {
    this.settings.setHasRuns(true);
    if (this.shown.active || this.lab.starting) return;
    this.shown.player.close();
    void this.shown.follower.follow(asFlowRunId(id));
  }
}
