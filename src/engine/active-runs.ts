import { asDeploymentId, type FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Datasets } from './datasets.ts';
import { DeploymentSlots } from './deployment-slots.ts';
import { FlowRun, type MakeFlowRun } from './flow-run.ts';
import { KeptSlots } from './kept-slots.ts';
import type { Limits } from './limits.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import { endOrphan, recoverHooks, recoverRun } from './recovery.ts';
import type { StartAnswer } from './scheduled-start.ts';
import { Places } from './worker-pool.ts';

export interface ActiveRunsParts {
  readonly ports: EnginePorts;
  readonly datasets: Datasets;
  readonly models: ModelRegistry;
  readonly limits: Limits;
  /** A run is over, or can be written no more. */
  readonly ended: () => void;
  /** The store can no longer be used. */
  readonly stopped: (error: unknown) => void;
}

/** The flow runs that are on, from their start or from where an earlier engine left them to their end. */
export class ActiveRuns {
  readonly #parts: ActiveRunsParts;
  readonly #places: Places;
  readonly #kept: KeptSlots;
  readonly #runs = new Map<FlowRunId, FlowRun>();
  /** Who asks for a slot of its deployment before there is a run asks here. */
  readonly slots = new DeploymentSlots();

  constructor(parts: ActiveRunsParts) {
    this.#parts = parts;
    this.#places = new Places(parts.ports.poolSize);
    this.#kept = new KeptSlots(parts.ports, parts.limits);
  }

  get(id: FlowRunId): FlowRun | undefined {
    return this.#runs.get(id);
  }

  /** Lines that were shown but not kept yet are kept now. */
  async flush(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.flush()));
  }

  readonly make: MakeFlowRun = (parts, record) => {
    const { ports, datasets, models, limits } = this.#parts;
    const shared = {
      ports,
      datasets,
      models,
      limits,
      places: this.#places,
      track: (run: FlowRun) => this.#track(run),
      untracked: (id: FlowRunId) => this.#kept.release(id),
      mayStart: (of: FlowRunRecord) => this.#mayStart(of),
    };
    return new FlowRun({ ...shared, ...parts }, record);
  };

  /** Drives it to its end. */
  follow(run: FlowRun): void {
    const forget = this.#track(run);
    run
      .toEnd()
      .catch(this.#parts.stopped)
      .finally(() => {
        forget();
        this.#release(run.id);
        this.#parts.ended();
      });
  }

  /** Goes on with what the engine before left: nobody overtakes those that it let run. */
  async begin(): Promise<void> {
    const interrupted = await this.#parts.ports.store.activeFlowRuns();
    await this.#kept.keep(interrupted);
    await this.takeUp(interrupted);
  }

  /** Goes on with runs that no engine here drives. @param interrupted all that were on, subflows too */
  async takeUp(interrupted: readonly FlowRunRecord[]): Promise<void> {
    const { ports } = this.#parts;
    // Those that have started keep their slots from those that have not, however long they have waited.
    for (const record of interrupted) if (record.startsAt === undefined) this.slots.hold(record);
    // A subflow is taken up by the run that called it, when its replay comes to the call.
    for (const record of interrupted.filter(({ parent }) => !parent)) {
      const run = await recoverRun(ports, record, this.make);
      if (run) this.follow(run);
      else this.#release(record.id);
    }
    for (const record of interrupted.filter(({ parent }) => parent)) {
      if (await endOrphan(ports, record)) this.#kept.release(record.id);
    }
    for (const record of await ports.store.flowRunsWithHooksDue()) {
      const run = await recoverHooks(ports, record, this.make);
      if (run) this.follow(run);
    }
  }

  #track(run: FlowRun): () => void {
    this.#runs.set(run.id, run);
    return () => {
      this.#runs.delete(run.id);
      this.#kept.release(run.id);
    };
  }

  #release(id: FlowRunId): void {
    this.slots.release(id);
    this.#kept.release(id);
  }

  async #mayStart(record: FlowRunRecord): Promise<StartAnswer> {
    const { trigger } = record;
    const id = trigger.kind === 'schedule' ? asDeploymentId(trigger.deployment) : undefined;
    return this.slots.ask(id && (await this.#parts.ports.store.get('deployments', id)), record);
  }
}
