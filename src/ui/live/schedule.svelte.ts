import type { CronCheck, FeedMessage } from '#domain/engine-api.ts';
import type { DeploymentRecord, TickRecord } from '#domain/records.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

/** The engine makes it at its first start, paused. */
const DEPLOYMENT_ID = 'retrain-sentiment/nightly';
const DEFAULT_CRON = '0 2 * * *';
const CHECK_AFTER_MS = 150;
const TICKS = 5;

/** The one schedule of this version: a cron field, a switch, and what its ticks came to. */
export class Schedule {
  deployment = $state.raw<DeploymentRecord>();
  ticks = $state.raw<readonly TickRecord[]>([]);
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

  /** Keeps what was typed when the engine refuses it. */
  async #set(cron: string, paused: boolean): Promise<void> {
    this.saving = true;
    const { timezone } = this;
    try {
      const api = await this.#session.api();
      const change = { deploymentId: DEPLOYMENT_ID, cron, timezone, paused };
      const check = await api.setSchedule(change);
      this.reason = check.ok ? undefined : check.reason;
      if (check.ok && cron === this.cron) this.typed = undefined;
      await this.load();
    } catch (error) {
      this.reason = `The schedule was not kept: ${reasonOf(error)}. Reload the page and try again.`;
    } finally {
      this.saving = false;
    }
  }

  async #checkNow(): Promise<void> {
    const { cron } = this;
    const check = await (await this.#session.api()).checkCron(cron, this.timezone);
    if (cron === this.cron) this.check = check;
  }

  async #checkStored(): Promise<void> {
    const { cron, timezone } = this.deployment ?? this;
    this.stored = await (await this.#session.api()).checkCron(cron, timezone);
  }

  async #loadTicks(): Promise<void> {
    const id = this.deployment?.id;
    if (id) this.ticks = await (await this.#session.api()).ticks(id, TICKS);
  }

  #hear(message: FeedMessage): void {
    const mine =
      message.kind === 'deployment'
        ? message.deployment.id === DEPLOYMENT_ID
        : message.kind === 'event' && message.event.body.kind === 'tick.decided';
    if (mine) void this.load();
  }
}
