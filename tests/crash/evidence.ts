import type { NightshiftEvent } from '#domain/events.ts';
import { asDeploymentId, deploymentStream, modelStream, runStream } from '#domain/ids.ts';
import type { LogLine } from '#domain/lines.ts';
import type {
  AliasRecord,
  DatasetRecord,
  DeploymentRecord,
  FlowRunRecord,
  JournalRecord,
  ModelVersionRecord,
  TaskRunRecord,
  TickRecord,
} from '#domain/records.ts';
import type { Store } from '#domain/store.ts';

/** The deployment that every site has. */
export const DEPLOYMENT = 'retrain-sentiment/nightly';
const MODEL = 'sentiment';
const DATASET = 'reviews';

/** Everything that is stored at the end, without large bytes: plain data, so that it can leave a browser. */
export interface Evidence {
  /** Oldest first. */
  readonly runs: readonly RunEvidence[];
  readonly model: {
    readonly alias: AliasRecord | undefined;
    readonly versions: readonly ModelVersionRecord[];
    readonly events: readonly NightshiftEvent[];
    readonly hasWeights: boolean;
  };
  readonly schedule: {
    readonly deployment: DeploymentRecord | undefined;
    readonly ticks: readonly TickRecord[];
    readonly events: readonly NightshiftEvent[];
  };
  readonly dataset: {
    readonly record: DatasetRecord | undefined;
    readonly days: readonly number[];
  };
}

export interface RunEvidence {
  readonly record: FlowRunRecord;
  readonly events: readonly NightshiftEvent[];
  readonly taskRuns: readonly TaskRunRecord[];
  /** Of all flow attempts; arguments left out. */
  readonly journal: readonly Omit<JournalRecord, 'argumentsBytes'>[];
  readonly lines: readonly LogLine[];
}

/** Reads what is durable, from whichever store. */
export async function evidenceIn(store: Store): Promise<Evidence> {
  const records = await store.newestFlowRuns(1000);
  const alias = await store.get('aliases', [MODEL, 'champion']);
  const versions = await store.modelVersions(MODEL);
  const champion = versions.find(({ version }) => version === alias?.version);
  const weights = champion && (await store.get('values', champion.contentHash));
  const deployment = asDeploymentId(DEPLOYMENT);
  const record = await store.get('datasets', DATASET);
  const days = await store.datasetDays(DATASET, 1000);
  return {
    runs: await Promise.all(records.toReversed().map((one) => runIn(store, one))),
    model: {
      alias,
      versions,
      events: await store.events(modelStream(MODEL)),
      hasWeights: weights !== undefined,
    },
    schedule: {
      deployment: await store.get('deployments', deployment),
      ticks: await store.ticksOf(deployment, 1000),
      events: await store.events(deploymentStream(deployment)),
    },
    dataset: { record, days: days.map(({ day }) => day) },
  };
}

async function runIn(store: Store, record: FlowRunRecord): Promise<RunEvidence> {
  const flowAttempts = Array.from({ length: record.flowAttempt }, (_, i) => i + 1);
  const journals = flowAttempts.map((attempt) => store.journalOf(record.id, attempt));
  const chunks = await store.linesOf(record.id);
  return {
    record,
    events: await store.events(runStream(record.id)),
    taskRuns: await store.taskRunsOf(record.id),
    journal: (await Promise.all(journals)).flat().map(({ argumentsBytes: _, ...rest }) => rest),
    lines: chunks.flatMap(({ lines }) => lines).filter((line) => line.kind === 'log'),
  };
}
