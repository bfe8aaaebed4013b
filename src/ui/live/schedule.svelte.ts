import type { CronCheck, EngineApi, FeedMessage, UpcomingTick } from '#domain/engine-api.ts';
import type { ConcurrencyRequest } from '#domain/limits.ts';
import type { DeploymentRecord, TickRecord } from '#domain/records.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

/** The engine makes it at its first start, paused. */
const DEPLOYMENT_ID = 'retrain-sentiment/nightly';
const DEFAULT_CRON = '0 2 * * *';
const CHECK_AFTER_MS = 150;
const TICKS = 5;
const UPCOMING = 3;

/** The one schedule of this version: a cron field, a switch, and what its ticks came to. */
export class Schedule {
  deployment = $state.raw<DeploymentRecord>();
  ticks = $state.raw<readonly TickRecord[]>([]);
  upcoming = $state.raw<readonly UpcomingTick[]>([]);
  /** As typed; absent: as stored. */
  typed = $state<string>();
  /** Of what is typed. */
  check = $state.raw<CronCheck>();
  /** Of what is stored. */
  stored = $state.raw<CronCheck>();
  saving = $state(false);
  reason = $state<string>();
  readonly #session: EngineSession;
  #timer: ReturnType<typeof setTimeout> | undefined;

  cron = $derived(this.typed ?? this.deployment?.cron ?? DEFAULT_CRON);
  on = $derived(this.deployment !== undefined && !this.deployment.paused);
  timezone = $derived(
    this.deployment?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  nextRun = $derived(this.on && this.stored?.ok ? this.stored.next[0] : undefined);
  concurrency = $derived(this.deployment?.concurrency);
  /** An interval is the schedule until a cron is typed and saved. */
  interval = $derived(this.typed === undefined ? this.deployment?.interval : undefined);

  constructor(session: EngineSession) {
    this.#session = session;
    session.onMessage((message) => this.#hear(message));
  }

  async load(): Promise<void> {
    const deployments = await (await this.#session.api()).deployments();
    this.deployment = deployments.find(({ id }) => id === DEPLOYMENT_ID);
    await Promise.all([this.#checkStored(), this.#checkNow(), this.#loadTicks()]);
  }

  type(cron: string): void {
    this.typed = cron;
    this.reason = undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#checkNow(), CHECK_AFTER_MS);
  }

  /** Switching off must not fail on what is only typed. */
  switchTo(on: boolean): Promise<void> {
    return this.#set(on ? this.cron : (this.deployment?.cron ?? this.cron), !on);
  }

  save(): Promise<void> {
    return this.#set(this.cron, !this.on);
  }

  /** @param concurrency undefined: any number of runs at a time */
  limitRuns(concurrency: ConcurrencyRequest | undefined): Promise<void> {
    return this.#save(async (api) => {
      const change = await api.setConcurrency(DEPLOYMENT_ID, concurrency);
      this.reason = change.ok ? undefined : change.reason;
    });
  }

  /** Keeps what was typed when the engine refuses it. */
  #set(cron: string, paused: boolean): Promise<void> {
    const { timezone, interval } = this;
    return this.#save(async (api) => {
      const change = { deploymentId: DEPLOYMENT_ID, cron, timezone, paused };
      const check = await api.setSchedule({ ...change, ...(interval ? { interval } : {}) });
      this.reason = check.ok ? undefined : check.reason;
      if (check.ok && cron === this.cron) this.typed = undefined;
    });
  }

  async #save(act: (api: EngineApi) => Promise<void>): Promise<void> {
    this.saving = true;
    try {
      await act(await this.#session.api());
      await this.load();
    } catch (error) {
      this.reason = `The schedule was not kept: ${reasonOf(error)}. Reload the page and try again.`;
    } finally {
      this.saving = false;
    }
  }

  async #checkNow(): Promise<void> {
    const { cron, interval } = this;
    const api = await this.#session.api();
    const check = interval
      ? await api.checkInterval(interval, this.timezone)
      : await api.checkCron(cron, this.timezone);
    if (cron === this.cron && interval === this.interval) this.check = check;
  }

  async #checkStored(): Promise<void> {
    const { cron, timezone } = this.deployment ?? this;
    const interval = this.deployment?.interval;
    const api = await this.#session.api();
    this.stored = interval
      ? await api.checkInterval(interval, timezone)
      : await api.checkCron(cron, timezone);
  }

  async #loadTicks(): Promise<void> {
    const id = this.deployment?.id;
    if (!id) return;
    const api = await this.#session.api();
    const [ticks, upcoming] = await Promise.all([api.ticks(id, TICKS), api.upcoming(id)]);
    this.ticks = ticks;
    this.upcoming = upcoming.slice(0, UPCOMING);
  }

  #hear(message: FeedMessage): void {
    const mine =
      message.kind === 'deployment'
        ? message.deployment.id === DEPLOYMENT_ID
        : message.kind === 'event' && message.event.body.kind === 'tick.decided';
    if (mine) void this.load();
  }
}
