import type { CronCheck, EngineSetup, RunRequest, ScheduleChange } from '#domain/engine-api.ts';
import type { DeploymentEvent } from '#domain/events.ts';
import { concurrencyProblem, type ConcurrencyRequest, type LimitChange } from '#domain/limits.ts';
import { asDeploymentId, type DeploymentId } from '#domain/ids.ts';
import type { DeploymentRecord, TickRecord } from '#domain/records.ts';
import { DeploymentLog } from './deployment-log.ts';
import type { DeploymentSlots } from './deployment-slots.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';
import type { ReadyRun } from './ready-run.ts';
import type { PreparedRun } from './run-starter.ts';
import { checkSchedule, nextTick, scheduleName } from './schedule-ticks.ts';
import { decisionOn, missedTicks } from './tick-verdict.ts';

type Site = Pick<EngineSetup, 'scheduledParameters' | 'timezone'>;

/** What the scheduler needs of the engine. */
export interface SchedulerHost {
  prepare(request: RunRequest): Promise<PreparedRun>;
  launch(prepared: ReadyRun): void;
  readonly slots: DeploymentSlots;
  requestFor(deployment: DeploymentRecord, dueAt: number): RunRequest;
  /** The store can no longer be written. */
  stopped(error: unknown): void;
}

const BUILT_IN: Pick<DeploymentRecord, 'id' | 'name' | 'flowId' | 'cron'> = {
  id: asDeploymentId('retrain-sentiment/nightly'),
  name: 'nightly',
  flowId: 'retrain-sentiment',
  cron: '0 2 * * *',
};
/** A timer that fires later than this was frozen or asleep: nothing catches up by itself. */
const MAX_LATE_MS = 60_000;

/** Starts due runs while the tab is open, and gives each tick that passed its verdict. */
export class Scheduler {
  readonly #ports: EnginePorts;
  readonly #host: SchedulerHost;
  readonly #log: DeploymentLog;
  readonly #timers = new Map<DeploymentId, () => void>();
  /** Decisions about deployments are made one after the other, each from what the one before left. */
  readonly #turns = new OneAtATime();

  constructor(ports: EnginePorts, host: SchedulerHost) {
    this.#ports = ports;
    this.#host = host;
    this.#log = new DeploymentLog(ports);
  }

  async start(site: Site): Promise<void> {
    await this.#ensureBuiltIn(site);
    for (const deployment of await this.#ports.store.deployments())
      this.#arm(await this.#settleMissed(deployment, 'no tab was open'));
  }

  async set(change: ScheduleChange): Promise<CronCheck> {
    const now = this.#ports.clock.now();
    const check = checkSchedule(change, now);
    if (!check.ok) return check;
    return this.#turns.run(async () => {
      const id = asDeploymentId(change.deploymentId);
      const before = await this.#ports.store.get('deployments', id);
      if (!before) return { ok: false, reason: `There is no deployment '${id}'.` };
      const { timezone, paused } = change;
      const { interval: _, ...rest } = before;
      const schedule = change.interval
        ? { cron: before.cron, interval: change.interval, timezone }
        : { cron: change.cron.trim(), timezone };
      const events: DeploymentEvent[] = [
        { kind: 'schedule.set', ...schedule },
        { kind: 'schedule.paused', paused },
      ];
      const record = { ...rest, ...schedule, paused, watermark: now };
      this.#arm(await this.#log.commit(record, events, []));
      return check;
    });
  }

  async setConcurrency(
    deploymentId: string,
    request: ConcurrencyRequest | undefined,
  ): Promise<LimitChange> {
    const concurrency = request && { strategy: 'ENQUEUE' as const, ...request };
    const reason = concurrency && concurrencyProblem(concurrency);
    if (reason !== undefined) return { ok: false, reason };
    return this.#turns.run(async () => {
      const id = asDeploymentId(deploymentId);
      const before = await this.#ports.store.get('deployments', id);
      if (!before) return { ok: false, reason: `There is no deployment '${id}'.` };
      const { concurrency: _, ...rest } = before;
      const set = concurrency ? { concurrency } : {};
      await this.#log.commit({ ...rest, ...set }, [{ kind: 'concurrency.set', ...set }], []);
      return { ok: true };
    });
  }

  #arm(deployment: DeploymentRecord): void {
    this.#timers.get(deployment.id)?.();
    this.#timers.delete(deployment.id);
    if (deployment.paused) return;
    const due = nextTick(deployment, deployment.watermark);
    if (due === undefined) return;
    this.#timers.set(
      deployment.id,
      this.#ports.clock.at(due, () => {
        this.#tick(deployment.id, due).catch((error: unknown) => this.#host.stopped(error));
      }),
    );
  }

  async #tick(id: DeploymentId, dueAt: number): Promise<void> {
    const deployment = await this.#dueDeployment(id, dueAt);
    if (!deployment) return;
    if (this.#ports.clock.now() - dueAt > MAX_LATE_MS) return this.#sleptThrough(id, dueAt);
    const prepared = await this.#host.prepare(this.#host.requestFor(deployment, dueAt));
    await this.#turns.run(() => this.#decideTick(id, dueAt, prepared));
  }

  #sleptThrough(id: DeploymentId, dueAt: number): Promise<void> {
    return this.#turns.run(async () => {
      const deployment = await this.#dueDeployment(id, dueAt);
      if (deployment) this.#arm(await this.#settleMissed(deployment, 'the tab was asleep'));
    });
  }

  /** Undefined when the schedule was paused or changed since the timer was set. */
  async #dueDeployment(id: DeploymentId, dueAt: number): Promise<DeploymentRecord | undefined> {
    const deployment = await this.#ports.store.get('deployments', id);
    return deployment && !deployment.paused && deployment.watermark < dueAt
      ? deployment
      : undefined;
  }

  /** Invariant: the tick's verdict and its run are one commit. */
  async #decideTick(id: DeploymentId, dueAt: number, prepared: PreparedRun): Promise<void> {
    const deployment = await this.#dueDeployment(id, dueAt);
    const drop = () => prepared.ok && prepared.drop();
    if (!deployment) return void drop();
    const decision = decisionOn(deployment, prepared, this.#host.slots);
    const tick: TickRecord = {
      deploymentId: id,
      schedule: scheduleName(deployment),
      dueAt,
      decidedAt: this.#ports.clock.now(),
      ...decision.verdict,
    };
    const { run } = decision;
    if (!run) drop();
    const next = await this.#log
      .decide(deployment, [tick], run?.writes ?? [])
      .catch((error: unknown) => {
        drop();
        if (run) this.#host.slots.release(run.record.id);
        throw error;
      });
    if (run) this.#host.launch(run);
    this.#arm(next);
  }

  /** Ticks that passed while nobody was there: nothing catches up by itself, but each says so. */
  async #settleMissed(deployment: DeploymentRecord, reason: string): Promise<DeploymentRecord> {
    if (deployment.paused) return deployment;
    const missed = missedTicks(deployment, this.#ports.clock.now(), reason);
    return missed.length === 0 ? deployment : this.#log.decide(deployment, missed, []);
  }

  async #ensureBuiltIn({ timezone, scheduledParameters }: Site): Promise<void> {
    const given = scheduledParameters?.[BUILT_IN.flowId];
    const parameters = given ? { parameters: given } : {};
    const kept = await this.#ports.store.get('deployments', BUILT_IN.id);
    if (kept) {
      // One from before deployments had any.
      if (given && !kept.parameters) await this.#log.commit({ ...kept, ...parameters }, [], []);
      return;
    }
    const watermark = this.#ports.clock.now();
    const record = { ...BUILT_IN, ...parameters, timezone, paused: true, watermark, lastSeq: 0 };
    await this.#log.commit(record, [{ kind: 'schedule.paused', paused: true }], []);
  }
}
