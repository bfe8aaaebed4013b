import { EVENT_VERSION, type EventBody, type NightshiftEvent } from '#domain/events.ts';
import * as ids from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import { inWords } from '#domain/reasons.ts';
import type { FlowPolicy, TaskPolicy } from '#domain/policies.ts';
import type * as R from '#domain/records.ts';
import { packRows } from '#domain/rows.ts';
import { completed, running } from '#domain/states.ts';

/** Complete records for tests: each with what it says by default, and what the test cares about on top. */
type Build<T> = (fields?: Partial<T>) => T;

export const FLOW_RUN = ids.asFlowRunId('fr_otter');
const TASK = { flowRunId: FLOW_RUN, flowAttempt: 1, taskName: 'train', index: 0 };
export const TASK_RUN = ids.taskRunId(TASK);
export const DEPLOYMENT = ids.asDeploymentId('dep_nightly');
/** Monday, 2 November 2026, 02:00 UTC */
export const SOME_TIME = Date.UTC(2026, 10, 2, 2);

/** A well-formed hash whose digits tell records apart: `hash(1)` ends in 1. */
export const hash = (n: number): ids.ContentHash =>
  ids.asContentHash(`sha256-${n.toString(16).padStart(64, '0')}`);

export const bytes = (...values: readonly number[]): ArrayBuffer => Uint8Array.from(values).buffer;

const build =
  <T>(defaults: T): Build<T> =>
  (fields = {}) => ({ ...structuredClone(defaults), ...fields });

export const taskPolicy = build<TaskPolicy>({
  retries: 2,
  retryDelaysSeconds: [5],
  retryJitterFactor: 0,
  asksBeforeRetry: false,
  logPrints: true,
  recoveries: 3,
  tags: [],
});

const flowPolicy = build<FlowPolicy>({
  retries: 0,
  retryDelaysSeconds: [0],
  retryJitterFactor: 0,
  logPrints: true,
  recoveries: 3,
});

export const flowSource = build<R.FlowSourceRecord>({
  sourceHash: hash(1),
  flowId: 'retrain-sentiment',
  files: [{ name: 'flow.ts', text: 'export default flow(() => {});' }],
  storedAt: SOME_TIME,
});

export const flowRun = build<R.FlowRunRecord>({
  id: FLOW_RUN,
  name: 'splendid-otter',
  flowId: 'retrain-sentiment',
  flowName: 'retrain-sentiment',
  sourceHash: hash(1),
  parameters: { threshold: 0.9 },
  overrides: {},
  faults: [],
  seed: 7,
  arrivalDay: 1,
  trigger: { kind: 'person' },
  policy: flowPolicy(),
  state: running(),
  flowAttempt: 1,
  recoveriesUsed: 0,
  createdAt: SOME_TIME,
  active: 1,
});

/** The id follows from the flow run, attempt, task name and index unless it is given. */
export const taskRun: Build<R.TaskRunRecord> = (fields = {}) => {
  const key = { ...TASK, ...fields };
  return {
    id: ids.taskRunId(key),
    name: `${key.taskName}-${key.index}`,
    call: 0,
    policy: taskPolicy(),
    state: running(),
    attempts: [{ number: 1, startedAt: SOME_TIME, state: running() }],
    retriesUsed: 0,
    recoveriesUsed: 0,
    createdAt: SOME_TIME,
    ...key,
  };
};

const stateChange: EventBody = {
  kind: 'flow-run.state',
  state: completed(),
  flowAttempt: 1,
  reason: inWords('all task runs completed'),
};

export const event = build<NightshiftEvent>({
  v: EVENT_VERSION,
  streamId: ids.runStream(FLOW_RUN),
  seq: 1,
  at: SOME_TIME,
  body: stateChange,
});

const someLines: readonly Line[] = [
  { kind: 'log', at: SOME_TIME, level: 'INFO', logger: 'nightshift.engine', message: 'Beginning' },
  { kind: 'metric', at: SOME_TIME, series: 'training', step: 1, values: { loss: 0.31 } },
];

export const lineChunk = build<R.LineChunkRecord>({
  flowRunId: FLOW_RUN,
  chunk: 0,
  lines: someLines,
});

export const journalEntry = build<R.JournalRecord>({
  flowRunId: FLOW_RUN,
  flowAttempt: 1,
  call: 0,
  operation: 'task',
  subject: 'train',
  argumentsHash: hash(2),
  argumentsBytes: bytes(1, 2, 3),
  calledAt: SOME_TIME,
});

export const storedValue = build<R.ValueRecord>({
  hash: hash(3),
  bytes: bytes(1, 2, 3),
});

export const checkpoint = build<R.CheckpointRecord>({
  taskRunId: TASK_RUN,
  number: 1,
  attempt: 1,
  progress: 0.4,
  bytes: bytes(4, 5),
});

export const dataset = build<R.DatasetRecord>({
  name: 'reviews',
  contentHash: hash(4),
  rows: 2,
  days: [1],
});

export const datasetDay = build<R.DatasetDayRecord>({
  dataset: 'reviews',
  day: 1,
  rows: packRows([
    { id: 'r1', domain: 'books', label: 1, text: 'Très bon' },
    { id: 'r2', domain: 'kitchen', label: 0, text: 'It broke.' },
  ]),
  contentHash: hash(4),
});

export const rowChunk = build<R.RowChunkRecord>({
  hash: hash(8),
  rows: packRows([{ id: 'r3', domain: '', label: 1, text: 'Bon' }]),
});

export const verdict = build<R.VerdictRecord>({
  taskRunId: TASK_RUN,
  ordinal: 0,
  flowRunId: FLOW_RUN,
  verdict: {
    promoted: true,
    conditions: [
      {
        metric: 'accuracy',
        value: 0.928,
        atLeast: 0.9,
        passed: true,
        reason: '0.928 is above 0.900',
      },
    ],
    summary: 'promoted (acc=0.928)',
    reason: '0.928 is above 0.900',
  },
  at: SOME_TIME,
});

export const lineage = build<R.TrainedLineage>({
  flowRunId: FLOW_RUN,
  flowRunName: 'splendid-otter',
  taskRunId: TASK_RUN,
  ordinal: 0,
  sourceHash: hash(1),
  parameters: { threshold: 0.9 },
  seed: 7,
  snapshot: hash(4),
  backend: 'cpu',
});

export const importedLineage = build<R.ImportedLineage>({
  file: { name: 'sentiment-v3.nightshift-model', createdBy: 'nightshift/ml', trainedRows: 720 },
  seed: 7,
  snapshot: hash(4),
  backend: 'wasm',
});

export const modelVersion = build<R.ModelVersionRecord>({
  model: 'sentiment',
  version: 1,
  contentHash: hash(5),
  bytes: 1_200_000,
  metrics: { accuracy: 0.928 },
  lineage: lineage(),
  createdAt: SOME_TIME,
});

export const alias = build<R.AliasRecord>({
  model: 'sentiment',
  alias: 'champion',
  version: 1,
  movedAt: SOME_TIME,
  reason: 'promoted (acc=0.928)',
});

export const deployment = build<R.DeploymentRecord>({
  id: DEPLOYMENT,
  name: 'nightly',
  flowId: 'retrain-sentiment',
  cron: '0 2 * * *',
  timezone: 'Europe/Paris',
  paused: false,
  watermark: SOME_TIME,
  lastSeq: 0,
});

export const tick = build<R.TickRecord>({
  deploymentId: DEPLOYMENT,
  schedule: 'nightly',
  dueAt: SOME_TIME,
  verdict: 'ran',
  flowRunId: FLOW_RUN,
  reason: 'on time',
  decidedAt: SOME_TIME,
});

export const use = build<R.UseRecord>({ hash: hash(3), user: FLOW_RUN });

export const removal = build<R.RemovalRecord>({ flowRunId: FLOW_RUN });

export const setting = build<R.SettingRecord>({
  key: 'firstVisitAt',
  value: SOME_TIME,
});

export const cacheEntry = build<R.CacheRecord>({
  flowId: 'retrain-sentiment',
  key: 'k',
  taskName: 'extract',
  result: { hash: hash(1), bytes: 3, label: '3 reviews' },
  parts: {},
  from: { flowRunId: FLOW_RUN, flowRunName: 'splendid-otter', taskRun: 'extract-0' },
  storedAt: SOME_TIME,
});

export const artifact = build<R.ArtifactRecord>({
  flowRunId: FLOW_RUN,
  number: 1,
  content: { type: 'markdown', markdown: '# Report' },
  attempt: 1,
  ordinal: 0,
  createdAt: SOME_TIME,
  updatedAt: SOME_TIME,
});

export const limit = build<R.LimitRecord>({ name: 'tag:training', limit: 1 });
