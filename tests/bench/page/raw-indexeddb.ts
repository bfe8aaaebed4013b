import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import type { TaskRunEvent } from '#domain/events.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { Line } from '#domain/lines.ts';
import type {
  EventRecord,
  JournalRecord,
  LineChunkRecord,
  TaskRunRecord,
} from '#domain/records.ts';
import { VERSION_3, type StoreLayout } from '#storage/layout.ts';
import { databaseName } from '#storage/schema.ts';

/**
 * What IndexedDB alone takes for the writes of a run: its records are read back from the engine's database, and written
 * again into an empty one of the same layout, in as many transactions a task run as it has durable transitions. No
 * engine, no workers, no reads, no grouping.
 */
export interface RawIndexedDb {
  rewrite(flowRunId: FlowRunId, inFlight: number): Promise<RawTimes>;
}

export interface RawTimes {
  readonly msPerTask: readonly number[];
  readonly tasksPerSecond: number;
  readonly putsPerTask: number;
}

interface Put {
  readonly store: string;
  readonly record: unknown;
}
/** Those of one transaction. */
type Puts = readonly Put[];

declare global {
  var rawIndexedDb: RawIndexedDb;
}

const SCRATCH = 'bench scratch';
const LINES_PER_CHUNK = 100;

const rewrite: RawIndexedDb['rewrite'] = async (flowRunId, inFlight) => {
  const tasks = await writesOf(flowRunId);
  await deleteDB(SCRATCH);
  const db = await openDB(SCRATCH, 1, { upgrade: createStores });
  const msPerTask: number[] = [];
  const queue = tasks.values();
  const lane = async () => {
    for (const transitions of queue) msPerTask.push(await timed(() => writeAll(db, transitions)));
  };
  const ms = await timed(() => Promise.all(Array.from({ length: inFlight }, lane)));
  db.close();
  const putsPerTask = tasks.flat(2).length / tasks.length;
  return { msPerTask, tasksPerSecond: (1000 * tasks.length) / ms, putsPerTask };
};

globalThis.rawIndexedDb = { rewrite };

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function createStores(db: IDBPDatabase): void {
  for (const [name, { keyPath, indexes }] of Object.entries<StoreLayout>(VERSION_3)) {
    const store = db.createObjectStore(name, { keyPath: copied(keyPath) });
    for (const [index, one] of Object.entries(indexes)) store.createIndex(index, [...one.keyPath]);
  }
}

const copied = (path: StoreLayout['keyPath']): string | string[] =>
  typeof path === 'string' ? path : [...path];

/** A transition is written before the next begins. */
async function writeAll(db: IDBPDatabase, transitions: readonly Puts[]): Promise<void> {
  for (const puts of transitions) {
    const stores = [...new Set(puts.map((put) => put.store))];
    const tx = db.transaction(stores, 'readwrite', { durability: 'relaxed' });
    for (const { store, record } of puts) void tx.objectStore(store).put(record);
    tx.commit();
    await tx.done;
  }
}

/** Of each task run: created, started, ended. */
async function writesOf(flowRunId: FlowRunId): Promise<readonly (readonly Puts[])[]> {
  const db = await openDB(databaseName('/'));
  const allOf = <R>(store: string, prefix: string): Promise<R[]> =>
    db.getAll(store, IDBKeyRange.bound([prefix], [prefix, []])) as Promise<R[]>;
  const events = await allOf<EventRecord>('events', runStream(flowRunId));
  const journal = await allOf<JournalRecord>('journal', flowRunId);
  const lines = (await allOf<LineChunkRecord>('lines', flowRunId)).flatMap((chunk) => chunk.lines);
  const ofRun = IDBKeyRange.bound([flowRunId], [flowRunId, []]);
  const taskRuns = (await db.getAllFromIndex('taskRuns', 'byFlowRun', ofRun)) as TaskRunRecord[];
  const [value] = await db.getAll('values', taskRuns[0]?.result?.hash);
  db.close();
  return taskRuns.map((taskRun, i) => {
    const call = journal[taskRun.call];
    const own = events.filter(({ body }) => (body as TaskRunEvent).taskRunId === taskRun.id);
    if (own.length !== 5) throw new Error(`${taskRun.name} has ${own.length} events, not 5.`);
    return [
      [
        ...put('taskRuns', { ...taskRun, attempts: [] }),
        ...put('journal', call),
        ...put('events', ...own.slice(0, 1)),
      ],
      [...put('taskRuns', taskRun), ...put('events', ...own.slice(1, 3))],
      [
        ...put('taskRuns', taskRun),
        ...put('journal', call),
        ...put('values', value),
        ...put('events', ...own.slice(3)),
        ...put('lines', chunkUpTo(flowRunId, lines, i)),
      ],
    ];
  });
}

const put = (store: string, ...records: readonly unknown[]): Puts =>
  records.map((record) => ({ store, record }));

/** Each ended task run adds a line to the open chunk, which is written again as a whole. */
function chunkUpTo(flowRunId: FlowRunId, lines: readonly Line[], i: number): LineChunkRecord {
  const chunk = Math.floor(i / LINES_PER_CHUNK);
  return { flowRunId, chunk, lines: lines.slice(chunk * LINES_PER_CHUNK, i + 1) };
}
