import type { CronCheck, RunRequest, ScheduleChange } from '#domain/engine-api.ts';
import { EVENT_VERSION, type DeploymentEvent } from '#domain/events.ts';
import { concurrencyProblem, type ConcurrencyRequest, type LimitChange } from '#domain/limits.ts';
import { describeReason } from '#domain/reasons.ts';
import { asDeploymentId, deploymentStream, type DeploymentId } from '#domain/ids.ts';
import type { DeploymentRecord, EventRecord, TickRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { LIMIT_IS_ZERO, type DeploymentSlots } from './deployment-slots.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';
import type { PreparedRun, ReadyRun } from './run-starter.ts';
import { checkSchedule, nextTick, scheduleName, scheduledTicks } from './schedule-ticks.ts';
import { inputOfAnswer, type StartAnswer } from './scheduled-start.ts';

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
const MAX_MISSED = 1000;
/** A timer that fires later than this was frozen or asleep: nothing catches up by itself. */
const MAX_LATE_MS = 60_000;

/** Starts due runs while the tab is open, and gives each tick that passed its verdict. */
export class Scheduler {
  readonly #ports: EnginePorts;
  readonly #host: SchedulerHost;
  readonly #timers = new Map<DeploymentId, () => void>();
  /** Decisions about deployments are made one after the other, each from what the one before left. */
  readonly #turns = new OneAtATime();

  constructor(ports: EnginePorts, host: SchedulerHost) {
    this.#ports = ports;
    this.#host = host;
  }

  async start(timezone: string): Promise<void> {
    await this.#ensureBuiltIn(timezone);
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
      this.#arm(await this.#commit(record, events, []));
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
      await this.#commit({ ...rest, ...set }, [{ kind: 'concurrency.set', ...set }], []);
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
    const decision = this.#decisionOn(deployment, prepared);
    const tick: TickRecord = {
      deploymentId: id,
      schedule: scheduleName(deployment),
      dueAt,
      decidedAt: this.#ports.clock.now(),
      ...decision.verdict,
    };
    const { run } = decision;
    if (!run) drop();
    const next = await this.#decide(deployment, [tick], run?.writes ?? []).catch(
      (error: unknown) => {
        drop();
        if (run) this.#host.slots.release(run.record.id);
        throw error;
      },
    );
    if (run) this.#host.launch(run);
    this.#arm(next);
  }

  /** The slot of the run is taken here, so that its tick can say whether it runs. */
  #decisionOn(deployment: DeploymentRecord, prepared: PreparedRun): Decision {
    const skipped = (reason: string): Decision => ({ verdict: { verdict: 'skipped', reason } });
    if (!prepared.ok)
      return skipped(prepared.problems[0]?.message ?? 'the run could not be prepared');
    if (deployment.concurrency?.limit === 0) return skipped(LIMIT_IS_ZERO);
    const answer = this.#host.slots.ask(deployment, prepared.record);
    const run = prepared.after(inputOfAnswer(answer));
    return { run, verdict: { flowRunId: run.record.id, ...verdictOn(answer) } };
  }

  /** Ticks that passed while nobody was there: nothing catches up by itself, but each says so. */
  async #settleMissed(deployment: DeploymentRecord, reason: string): Promise<DeploymentRecord> {
    const now = this.#ports.clock.now();
    const { id, watermark, paused } = deployment;
    if (paused) return deployment;
    const missed = scheduledTicks(deployment, watermark, now, MAX_MISSED).map(
      (dueAt): TickRecord => ({
        deploymentId: id,
        schedule: scheduleName(deployment),
        dueAt,
        verdict: 'missed',
        reason,
        decidedAt: now,
      }),
    );
    return missed.length === 0 ? deployment : this.#decide(deployment, missed, []);
  }

  #decide(
    deployment: DeploymentRecord,
    ticks: readonly TickRecord[],
    writes: readonly Write[],
  ): Promise<DeploymentRecord> {
    const watermark = Math.max(deployment.watermark, ...ticks.map((tick) => tick.dueAt));
    const events = ticks.map(({ dueAt, verdict, reason, flowRunId }): DeploymentEvent => ({
      kind: 'tick.decided',
      dueAt,
      verdict,
      reason,
      ...(flowRunId ? { flowRunId } : {}),
    }));
    const puts = ticks.map((record): Write => ({ store: 'ticks', op: 'add', record }));
    return this.#commit({ ...deployment, watermark }, events, [...puts, ...writes]);
  }

  async #commit(
    deployment: DeploymentRecord,
    bodies: readonly DeploymentEvent[],
    writes: readonly Write[],
  ): Promise<DeploymentRecord> {
    const at = this.#ports.clock.now();
    const streamId = deploymentStream(deployment.id);
    const record = { ...deployment, lastSeq: deployment.lastSeq + bodies.length };
    const events = bodies.map((body, i): EventRecord => ({
      v: EVENT_VERSION,
      streamId,
      seq: deployment.lastSeq + 1 + i,
      at,
      body,
    }));
    await this.#ports.store.commit([
      { store: 'deployments', op: 'put', record },
      ...events.map((event): Write => ({ store: 'events', op: 'add', record: event })),
      ...writes,
    ]);
    events.forEach((event) => this.#ports.feed.publish({ kind: 'event', event }));
    this.#ports.feed.publish({ kind: 'deployment', deployment: record });
    return record;
  }

  async #ensureBuiltIn(timezone: string): Promise<void> {
    if (await this.#ports.store.get('deployments', BUILT_IN.id)) return;
    const watermark = this.#ports.clock.now();
    const record = { ...BUILT_IN, timezone, paused: true, watermark, lastSeq: 0 };
    await this.#commit(record, [{ kind: 'schedule.paused', paused: true }], []);
  }
}

interface Decision {
  readonly verdict: Pick<TickRecord, 'verdict' | 'flowRunId' | 'reason'>;
  readonly run?: ReadyRun;
}

function verdictOn(answer: StartAnswer): Pick<TickRecord, 'verdict' | 'reason'> {
  switch (answer.kind) {
    case 'start':
      return { verdict: 'ran', reason: 'due, and the tab was open' };
    case 'wait':
      return { verdict: 'ran', reason: `due; ${describeReason({ ...answer, kind: 'no slot' })}` };
    case 'refuse':
      return { verdict: 'skipped', reason: answer.reason };
  }
}
