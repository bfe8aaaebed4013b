import type { CronCheck, FeedMessage } from '#domain/engine-api.ts';
import type { DeploymentRecord, TickRecord } from '#domain/records.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

export const DEPLOYMENT_NAME = 'retrain-sentiment/nightly';
const DEPLOYMENT_ID = 'dep_retrain-sentiment-nightly';
const DEFAULT_CRON = '0 2 * * *';
const CHECK_AFTER_MS = 150;
const TICKS = 5;

/** The one schedule of this version: a cron field, a switch, and what its ticks came to. */
export class Schedule {
  deployment = $state.raw<DeploymentRecord>();
  ticks = $state.raw<readonly TickRecord[]>([]);
  /** As typed; absent: as stored. */
  typed = $state<string>();
  check = $state.raw<CronCheck>();
  saving = $state(false);
  reason = $state<string>();
  readonly #session: EngineSession;
  #timer: ReturnType<typeof setTimeout> | undefined;

  cron = $derived(this.typed ?? this.deployment?.cron ?? DEFAULT_CRON);
  on = $derived(this.deployment !== undefined && !this.deployment.paused);
  timezone = $derived(
    this.deployment?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  );
  nextRun = $derived(this.on && this.check?.ok ? this.check.next[0] : undefined);

  constructor(session: EngineSession) {
    this.#session = session;
    session.onMessage((message) => this.#hear(message));
  }

  async load(): Promise<void> {
    const deployments = await (await this.#session.api()).deployments();
    this.deployment = deployments.find((one) => one.name === DEPLOYMENT_NAME);
    await Promise.all([this.#checkNow(), this.#loadTicks()]);
  }

  type(cron: string): void {
    this.typed = cron;
    this.reason = undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#checkNow(), CHECK_AFTER_MS);
  }

  /** Keeps what was typed when the engine refuses it. */
  async save(paused: boolean): Promise<void> {
    this.saving = true;
    const { cron, timezone } = this;
    try {
      const api = await this.#session.api();
      const deploymentId = this.deployment?.id ?? DEPLOYMENT_ID;
      this.check = await api.setSchedule({ deploymentId, cron, timezone, paused });
      this.reason = this.check.ok ? undefined : this.check.reason;
      if (this.check.ok) this.typed = undefined;
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

  async #loadTicks(): Promise<void> {
    const id = this.deployment?.id;
    if (id) this.ticks = await (await this.#session.api()).ticks(id, TICKS);
  }

  #hear(message: FeedMessage): void {
    const mine =
      message.kind === 'deployment'
        ? message.deployment.name === DEPLOYMENT_NAME
        : message.kind === 'event' && message.event.body.kind === 'tick.decided';
    if (mine) void this.load();
  }
}
