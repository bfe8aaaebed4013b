import { tagLimit } from '#domain/limits.ts';
import type { FlowRunId, TaskRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import type { Limits } from './limits.ts';

/** Slots of the task runs that were Running when their engine was lost: theirs until they ask, or their run has ended. */
export class KeptSlots {
  readonly #store: Store;
  readonly #limits: Limits;
  /** By the run that the engine itself drives: a subflow ends with it at the latest. */
  readonly #taskRuns = new Map<FlowRunId, TaskRunId[]>();

  constructor(store: Store, limits: Limits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** @param interrupted all flow runs that were on, subflows too */
  async keep(interrupted: readonly FlowRunRecord[]): Promise<void> {
    if (this.#limits.status().length === 0) return;
    const byId = new Map(interrupted.map((record) => [record.id, record]));
    for (const record of interrupted) await this.#keepOf(record, rootOf(record, byId).id);
  }

  async #keepOf({ id, name: flowRunName }: FlowRunRecord, root: FlowRunId): Promise<void> {
    for (const { id: taskRun, name, state, policy } of await this.#store.taskRunsOf(id)) {
      if (state.type !== 'RUNNING' || policy.tags.length === 0) continue;
      this.#limits.keep(taskRun, policy.tags.map(tagLimit), { taskRun: name, flowRunName });
      this.#taskRuns.set(root, [...(this.#taskRuns.get(root) ?? []), taskRun]);
    }
  }

  release(root: FlowRunId): void {
    for (const id of this.#taskRuns.get(root) ?? []) this.#limits.takeKept(id)?.end();
    this.#taskRuns.delete(root);
  }
}

function rootOf(record: FlowRunRecord, all: ReadonlyMap<FlowRunId, FlowRunRecord>): FlowRunRecord {
  const caller = record.parent && all.get(record.parent.flowRunId);
  return caller ? rootOf(caller, all) : record;
}
