import { EVENT_VERSION } from '#domain/events.ts';
import { asContentHash, asFlowRunId, runStream, taskRunId, type FlowRunId } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import type { Clock } from '#domain/ports.ts';
import type { FlowRunRecord, TaskRunRecord } from '#domain/records.ts';
import { completed } from '#domain/states.ts';
import type { Store, Write } from '#domain/store.ts';
import { Pace } from '#engine/pace.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import { databaseName } from '#storage/schema.ts';

/** Fills the engine's own database as years of use would: through the real store, with the records that a run leaves. */
export interface FullDatabase {
  /** @returns the run that said the most, which is the newest */
  fill(size: DatabaseSize): Promise<FlowRunId>;
  /** Removes the oldest runs through the store alone, at the pace of the engine. @returns milliseconds of each slice */
  remove(oldest: number): Promise<readonly number[]>;
}

export interface DatabaseSize {
  readonly runs: number;
  readonly lines: number;
  /** One run in so many has its task runs, events, journal, values and lines as well. */
  readonly wholeRunEvery: number;
}

declare global {
  var fullDatabase: FullDatabase;
}

const RUNS_PER_COMMIT = 250;
const LINES_PER_CHUNK = 100;
const TASKS = ['extract', 'train', 'evaluate', 'promote'];
const MINUTE = 60_000;

globalThis.fullDatabase = {
  async fill(size) {
    const store = await openStore();
    const newestAt = Date.now();
    const whole = Math.floor(size.runs / size.wholeRunEvery);
    // A fifth of the lines are of one run.
    const chunks = Math.floor((size.lines * 4) / 5 / LINES_PER_CHUNK / whole);
    for (let from = 0; from < size.runs; from += RUNS_PER_COMMIT) {
      const numbers = Array.from({ length: RUNS_PER_COMMIT }, (_, i) => from + i);
      const writes = numbers.flatMap((number) => {
        const run = flowRun(number, newestAt - (size.runs - number) * MINUTE);
        const isWhole = number % size.wholeRunEvery === 0;
        return [put(run), ...(isWhole ? partsOf(run, number, chunks) : [])];
      });
      await store.commit(writes);
    }
    const talkative = await addTalkative(store, size.lines / 5, newestAt);
    store.close();
    return talkative;
  },
  async remove(oldest) {
    const store = await openStore();
    const runs = await store.oldestEndedRuns(oldest);
    await store.commit(
      runs.flatMap(({ id }): readonly Write[] => [
        { store: 'flowRuns', op: 'delete', key: id },
        { store: 'removals', op: 'put', record: { flowRunId: id } },
      ]),
    );
    const pace = new Pace(clock);
    const slices: number[] = [];
    for (let left = oldest; left > 0;)
      await pace.slice(async (size) => {
        const startedAt = performance.now();
        left -= (await store.sweep(size)).runs;
        slices.push(performance.now() - startedAt);
      });
    store.close();
    return slices;
  },
};

const openStore = (): Promise<Store> =>
  openIndexedDbStore({ name: databaseName('/'), onClosed: () => undefined });

const clock: Clock = {
  now: () => Date.now(),
  at(instant, callback) {
    const timer = setTimeout(callback, instant - Date.now());
    return () => clearTimeout(timer);
  },
};

const put = (record: FlowRunRecord): Write => ({ store: 'flowRuns', op: 'put', record });

const hash = (n: number) => asContentHash(`sha256-${n.toString(16).padStart(64, '0')}`);

const flowRun = (number: number, createdAt: number): FlowRunRecord => ({
  id: asFlowRunId(`fr_bench${String(number).padStart(7, '0')}`),
  name: `bench-run-${number}`,
  flowId: 'retrain-sentiment',
  flowName: 'retrain-sentiment',
  sourceHash: hash(number % 100),
  parameters: { threshold: 0.9 },
  overrides: {},
  faults: [{ task: 'extract', attempts: [1], effect: { kind: 'throw' } }],
  seed: 7,
  arrivalDay: 30,
  trigger: { kind: 'schedule', deployment: 'retrain-sentiment/nightly', dueAt: createdAt },
  policy: {
    retries: 0,
    retryDelaysSeconds: [0],
    retryJitterFactor: 0,
    logPrints: true,
    recoveries: 3,
  },
  state: completed(),
  flowAttempt: 1,
  recoveriesUsed: 0,
  createdAt,
  startedAt: createdAt + 5,
  attemptStartedAt: createdAt + 5,
  endedAt: createdAt + 2000,
  verdict: {
    promoted: false,
    conditions: [
      { metric: 'accuracy', value: 0.88, atLeast: 0.9, passed: false, reason: '0.880 is below' },
    ],
    summary: 'rejected (acc=0.880 < 0.9)',
    reason: '0.880 is below 0.900',
  },
  active: 0,
});

/** Values are shared by neighbours, as equal results are. */
function partsOf(run: FlowRunRecord, number: number, chunks: number): readonly Write[] {
  const source = { sourceHash: run.sourceHash, flowId: run.flowId, storedAt: run.createdAt };
  const files = [{ name: 'flow.ts', text: 'export default flow(() => undefined);'.repeat(20) }];
  return [
    { store: 'flows', op: 'put', record: { ...source, files } },
    ...TASKS.flatMap((taskName, call) => taskParts(run, taskName, call, number)),
    ...Array.from({ length: 12 }, (_, i): Write => ({
      store: 'events',
      op: 'put',
      record: {
        v: EVENT_VERSION,
        streamId: runStream(run.id),
        seq: i + 1,
        at: run.createdAt + i,
        body: {
          kind: 'flow-run.state',
          state: completed(),
          flowAttempt: 1,
          reason: { kind: 'flow returned' },
        },
      },
    })),
    ...Array.from({ length: chunks }, (_, chunk) => lineChunk(run.id, chunk, run.createdAt)),
  ];
}

function taskParts(
  run: FlowRunRecord,
  taskName: string,
  call: number,
  number: number,
): readonly Write[] {
  const key = { flowRunId: run.id, flowAttempt: 1, taskName, index: 0 };
  const result = { hash: hash(1_000_000 + ((number >> 4) * 4 + call)), bytes: 600, label: '0.928' };
  const { createdAt } = run;
  const record: TaskRunRecord = {
    id: taskRunId(key),
    ...key,
    name: `${taskName}-0`,
    call,
    policy: { ...run.policy, asksBeforeRetry: false, tags: [] },
    state: completed(),
    attempts: [
      { number: 1, startedAt: createdAt, endedAt: createdAt + 400, state: completed() },
      { number: 2, startedAt: createdAt + 500, endedAt: createdAt + 900, state: completed() },
    ],
    retriesUsed: 1,
    recoveriesUsed: 0,
    result,
    createdAt,
    endedAt: createdAt + 900,
  };
  const outcome = { delivery: call, at: createdAt + 900, value: result.hash, state: completed() };
  return [
    { store: 'taskRuns', op: 'put', record },
    { store: 'values', op: 'put', record: { hash: result.hash, bytes: new ArrayBuffer(600) } },
    {
      store: 'journal',
      op: 'put',
      record: {
        flowRunId: run.id,
        flowAttempt: 1,
        call,
        operation: 'task',
        subject: taskName,
        argumentsHash: result.hash,
        argumentsBytes: new ArrayBuffer(200),
        calledAt: createdAt,
        outcome,
      },
    },
  ];
}

function lineChunk(flowRunId: FlowRunId, chunk: number, at: number): Write {
  const lines = Array.from({ length: LINES_PER_CHUNK }, (_, i): Line => ({
    kind: 'log',
    at: at + chunk * LINES_PER_CHUNK + i,
    level: 'INFO',
    logger: "Task run 'train-0'",
    message: `iteration ${chunk * LINES_PER_CHUNK + i}: loss 0.3142, held-out accuracy 0.914`,
  }));
  return { store: 'lines', op: 'put', record: { flowRunId, chunk, lines } };
}

async function addTalkative(store: Store, lines: number, createdAt: number): Promise<FlowRunId> {
  const run = flowRun(9_999_999, createdAt);
  await store.commit([put(run), ...partsOf(run, 9_999_999, 0)]);
  for (let chunk = 0; chunk < lines / LINES_PER_CHUNK; chunk += 100) {
    const some = Array.from({ length: 100 }, (_, i) => lineChunk(run.id, chunk + i, createdAt));
    await store.commit(some);
  }
  return run.id;
}
