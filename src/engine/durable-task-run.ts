import type { TaskRunEvent } from '#domain/events.ts';
import type { TaskRunRecord } from '#domain/records.ts';
import { isOver } from '#domain/states.ts';
import type { Write } from '#domain/store.ts';
import type { RunContext } from './run-context.ts';
import { keepResult } from './task-cache.ts';
import { transitionTask, type TaskInput } from './task-machine.ts';

/** Writes that belong into the commit of the end: the outcome in the journal. */
export type EndWrites = (record: TaskRunRecord) => readonly Write[];

/** What is told with the next commit, before it: that a task run was created may share the commit of its start. */
export interface Untold {
  readonly events: readonly TaskRunEvent[];
  readonly writes: readonly Write[];
}

export interface DurableTaskRunParts {
  readonly record: TaskRunRecord;
  readonly endWrites: EndWrites;
  /** Absent when it was told before. */
  readonly creation?: Untold | undefined;
  /** True in a transaction, which keeps the result when it commits. */
  readonly isStaged: boolean;
}

/** The record of a task run, and the commits that move it on. */
export class DurableTaskRun {
  readonly #run: RunContext;
  readonly #endWrites: EndWrites;
  readonly #isStaged: boolean;
  readonly #leftRunning: () => void;
  #record: TaskRunRecord;
  #value: ArrayBuffer | undefined;
  #untold: Untold | undefined;

  /** @param leftRunning called when it is durable that it runs no longer */
  constructor(run: RunContext, parts: DurableTaskRunParts, leftRunning: () => void) {
    this.#run = run;
    this.#record = parts.record;
    this.#endWrites = parts.endWrites;
    this.#untold = parts.creation;
    this.#isStaged = parts.isStaged;
    this.#leftRunning = leftRunning;
  }

  get record(): TaskRunRecord {
    return this.#record;
  }

  /** The encoded result, once it has one. */
  get value(): ArrayBuffer | undefined {
    return this.#value;
  }

  /** Tells what is untold, in a commit of its own. */
  async tell(): Promise<void> {
    if (this.#untold) await this.#commit(this.#record, [], []);
  }

  /** To be told with the next commit, before it, and after what else is untold. */
  tellNext({ events, writes }: Untold): void {
    const before = this.#untold;
    this.#untold = {
      events: [...(before?.events ?? []), ...events],
      writes: [...(before?.writes ?? []), ...writes],
    };
  }

  /** What is known of it now, no state of its machine: the next commit keeps it. */
  note(record: TaskRunRecord): void {
    this.#record = record;
  }

  /** One commit: the record, its events, a result's bytes, and at the end what the journal and the cache need. */
  async apply(input: TaskInput, value?: ArrayBuffer): Promise<void> {
    const { clock } = this.#run.ports;
    const { record, events } = transitionTask(this.#record, input, clock.now());
    if (events.length === 0) return;
    const writes: Write[] = [];
    if (value && record.result)
      writes.push({
        store: 'values',
        op: 'put',
        record: { hash: record.result.hash, bytes: value },
      });
    if (isOver(record.state)) writes.push(...this.#writesOfEnd(record, input));
    await this.#commit(record, events, writes);
    this.#value = value;
  }

  /**
   * The attempt is on. Its body may start while that is being written, since all it can do is ask, and nothing it asks is
   * answered before. Resolves when it is durable.
   */
  begin(start: TaskInput): Promise<void> {
    const { record, events } = transitionTask(this.#record, start, this.#run.ports.clock.now());
    const begun = this.#commit(record, events, []);
    // A store that takes it no more ends the run by itself.
    begun.catch(() => undefined);
    this.#record = record;
    return begun;
  }

  #writesOfEnd(record: TaskRunRecord, input: TaskInput): readonly Write[] {
    const { result, cacheKey } = record;
    const keeps = input.kind === 'succeeded' && result && cacheKey && !this.#isStaged;
    const kept = keeps ? keepResult(this.#run, record, result, cacheKey) : [];
    return [...kept, ...this.#endWrites(record)];
  }

  async #commit(
    record: TaskRunRecord,
    events: readonly TaskRunEvent[],
    writes: readonly Write[],
  ): Promise<void> {
    const untold = this.#untold;
    this.#untold = undefined;
    await this.#run.log.commit(
      [...(untold?.events ?? []), ...events],
      [...(untold?.writes ?? []), { store: 'taskRuns', op: 'put', record }, ...writes],
    );
    const leavesRunning = this.#record.state.type === 'RUNNING' && record.state.type !== 'RUNNING';
    this.#record = record;
    // Not before the end is durable: nobody may see more of them run than the limit allows.
    if (leavesRunning) this.#leftRunning();
  }
}
