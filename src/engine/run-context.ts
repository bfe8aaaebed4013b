import type { Program } from '#domain/author-api.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import type { AuthorRecords } from './author-records.ts';
import type { Cancellation } from './cancellation.ts';
import type { Datasets } from './datasets.ts';
import type { ModelRegistry } from './model-registry.ts';
import type { EnginePorts } from './ports.ts';
import type { RunLog } from './run-log.ts';
import type { Places, RunWorkers } from './worker-pool.ts';

/** What every call to an author worker says of its flow run. */
export const callContext = ({ id, name, parameters, seed }: FlowRunRecord) => ({
  flowRunId: id,
  flowRunName: name,
  parameters,
  seed,
});

/** What the parts of one flow run share. */
export interface RunContext {
  readonly ports: EnginePorts;
  readonly datasets: Datasets;
  readonly models: ModelRegistry;
  readonly program: Program;
  readonly log: RunLog;
  readonly author: AuthorRecords;
  readonly cancellation: Cancellation;
  readonly places: Places;
  readonly workers: RunWorkers;
  /** The record as it stands; only the flow run itself moves it. */
  readonly record: () => FlowRunRecord;
  /** Remembers what a gate or a save did, in the commit that tells it. */
  note(change: Pick<FlowRunRecord, 'verdict' | 'modelVersion'>): FlowRunRecord;
}
