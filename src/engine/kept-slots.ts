import { tagLimit } from '#domain/limits.ts';
import type { FlowRunId, TaskRunId } from '#domain/ids.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import type { EnginePorts } from './ports.ts';
import { ENGINE_LOST } from './recovery.ts';
import { transitionTask } from './task-machine.ts';
import type { Limits } from './limits.ts';

interface Kept {
  /** The run that the engine itself drives: nothing of a subflow outlives it. */
  readonly root: FlowRunId;
  readonly taskRuns: readonly TaskRunId[];
}

/**
 * Slots of task runs that were Running when their engine was lost and will be started again: theirs until they ask for
 * them, or their flow run has ended.
 */
export class KeptSlots {
  readonly #ports: Pick<EnginePorts, 'store' | 'clock'>;
  readonly #limits: Limits;
  readonly #kept = new Map<FlowRunId, Kept>();

  constructor(ports: Pick<EnginePorts, 'store' | 'clock'>, limits: Limits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** @param interrupted all flow runs that were on, subflows too */
  async keep(interrupted: readonly FlowRunRecord[]): Promise<void> {
    if (this.#limits.status().length === 0) return;
    const byId = new Map(interrupted.map((record) => [record.id, record]));
    for (const record of interrupted) {
      const callers = callersOf(record, byId);
      // Whoever waits for a person starts nothing, maybe for days.
      if (callers.some(({ pause }) => pause)) continue;
      await this.#keepOf(record, callers.at(-1) ?? record);
    }
  }

  /** The run has ended, and whatever it called with it. */
  release(ended: FlowRunId): void {
    for (const [id, { root, taskRuns }] of this.#kept) {
      if (id !== ended && root !== ended) continue;
      for (const taskRun of taskRuns) this.#limits.takeKept(taskRun)?.end();
      this.#kept.delete(id);
    }
  }

  async #keepOf({ id, name: flowRunName }: FlowRunRecord, { id: root }: FlowRunRecord) {
    const now = this.#ports.clock.now();
    const running = (await this.#ports.store.taskRunsOf(id)).filter(
      (taskRun) => taskRun.policy.tags.length > 0 && isStartedAgain(taskRun, now),
    );
    for (const { id: taskRun, name, policy } of running)
      this.#limits.keep(taskRun, policy.tags.map(tagLimit), { taskRun: name, flowRunName });
    if (running.length > 0) this.#kept.set(id, { root, taskRuns: running.map((one) => one.id) });
  }
}

/** Not one whose recoveries are used. */
function isStartedAgain(taskRun: TaskRunRecord, now: number): boolean {
  if (taskRun.state.type !== 'RUNNING') return false;
  const lost = { kind: 'lost', cause: ENGINE_LOST } as const;
  return transitionTask(taskRun, lost, now).record.state.type === 'RUNNING';
}

/** Itself, what called it, and so on. */
function callersOf(
  record: FlowRunRecord,
  all: ReadonlyMap<FlowRunId, FlowRunRecord>,
): readonly FlowRunRecord[] {
  const caller = record.parent && all.get(record.parent.flowRunId);
  return [record, ...(caller ? callersOf(caller, all) : [])];
}
