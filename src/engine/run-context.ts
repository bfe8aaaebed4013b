import type { Program } from '#domain/author-api.ts';
import type { TaskSources } from '#domain/ports.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import type { AuthorRecords } from './author-records.ts';
import type { Cancellation } from './cancellation.ts';
import type { Datasets } from './datasets.ts';
import type { Limits } from './limits.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import type { FlowInput } from './flow-machine.ts';
import type { Resumption } from './resumption.ts';
import type { SubflowHost } from './subflow-calls.ts';
import type { Reuse } from './reuse.ts';
import type { RunLog } from './run-log.ts';
import type { Places, RunWorkers } from './worker-pool.ts';

/** What every call to an author worker says of its flow run. */
export const callContext = ({ id, name, parameters, seed, scheduledFor }: FlowRunRecord) => ({
  flowRunId: id,
  flowRunName: name,
  parameters,
  seed,
  ...(scheduledFor === undefined ? {} : { scheduledFor }),
});

/** What the parts of one flow run share. */
export interface RunContext {
  readonly ports: EnginePorts;
  readonly datasets: Datasets;
  readonly models: ModelRegistry;
  readonly program: Program;
  readonly taskSources: TaskSources;
  readonly log: RunLog;
  readonly author: AuthorRecords;
  readonly cancellation: Cancellation;
  readonly places: Places;
  readonly limits: Limits;
  readonly workers: RunWorkers;
  readonly subflows: SubflowHost;
  readonly reuse: Reuse;
  /** The record as it stands; only the flow run itself moves it. */
  readonly record: () => FlowRunRecord;
  readonly resumption: Resumption;
  /**
   * Moves the flow run, with writes that belong into the same commit. False, and nothing is written, when the input does
   * not fit its state.
   */
  readonly move: (input: FlowInput, writes: () => readonly Write[]) => Promise<boolean>;
  /** Remembers what a gate, a save or a read did, in the commit that tells it. */
  note(change: Pick<FlowRunRecord, 'verdict' | 'modelVersion' | 'datasets'>): FlowRunRecord;
}
