import type { ImportOptions, StateImport } from '#domain/engine-api.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { readState, StateWriter } from '#domain/state-file.ts';
import { Conflict, StorageFull, type StoredRecord, type Write } from '#domain/store.ts';
import type { EnginePorts } from './ports.ts';
import { chunkHash } from './chunk-hash.ts';
import { sameRecord } from './same-record.ts';

const COMPARED_AT_ONCE = 500;

type Refusal = Extract<StateImport, { ok: false }>;

interface Planned {
  readonly ok: true;
  readonly writes: readonly Write[];
  readonly skipped: number;
}

export type Imported = Extract<StateImport, { ok: true }> & {
  /** Settings and schedules are those of the file now. */
  readonly replaced: boolean;
  /** Runs that came and had not ended. */
  readonly unfinished: readonly FlowRunRecord[];
};

/** The whole state as a file, and back. */
export class StateTransfer {
  readonly #ports: EnginePorts;

  constructor(ports: EnginePorts) {
    this.#ports = ports;
  }

  async export(): Promise<ArrayBuffer> {
    const { clock, records, runtime, store } = this.#ports;
    const writer = new StateWriter(records, { createdAt: clock.now(), runtime });
    await store.snapshot((name, found) => writer.add(name, found));
    return writer.finish();
  }

  /** One commit: all of the file or nothing. */
  async import(file: ArrayBuffer, { add = false }: ImportOptions): Promise<Imported | Refusal> {
    const read = readState(this.#ports.records, file);
    if (!read.ok) return read;
    const damaged = await this.#wrongHash(read.records);
    if (damaged) return damaged;
    const held = await this.#held();
    if (held && !add) return held;
    const records = await this.#withoutRemovals(read.records);
    const planned = held ? await this.#added(records) : await this.#replaced(records);
    if (!planned.ok) return planned;
    const refusal = await this.#commit(planned.writes);
    return refusal ?? { ...told(planned), replaced: held === undefined };
  }

  /** Of runs that were being deleted when the file was made: what is whole here or there must not be deleted by them. */
  async #withoutRemovals(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
    const removed = records.flatMap(({ store, record }) =>
      store === 'removals' ? [record.flowRunId] : [],
    );
    if (removed.length === 0) return records;
    const whole = new Set(
      records.flatMap(({ store, record }) => (store === 'flowRuns' ? [record.id] : [])),
    );
    for (const id of removed) if (await this.#ports.store.get('flowRuns', id)) whole.add(id);
    return records.filter(
      ({ store, record }) => store !== 'removals' || !whole.has(record.flowRunId),
    );
  }

  /** Values are found by their hash, so it must be theirs. */
  async #wrongHash(records: readonly StoredRecord[]): Promise<Refusal | undefined> {
    for (const { store, record } of records)
      if (store === 'values' && (await this.#ports.hasher.hash(record.bytes)) !== record.hash)
        return refused(
          `This file is damaged: the value ${record.hash} is another. Nothing of it was loaded. Use another copy of it.`,
        );
      else if (
        store === 'rowChunks' &&
        (await chunkHash(this.#ports.hasher, record.rows)) !== record.hash
      )
        return refused(
          `This file is damaged: the rows ${record.hash} are others. Nothing of it was loaded. Use another copy of it.`,
        );
    return undefined;
  }

  /** Why it is not simply loaded; undefined where a person keeps nothing yet. */
  async #held(): Promise<Refusal | undefined> {
    const what = await this.#whatIsHeld();
    if (what === undefined) return undefined;
    return {
      ...refused(
        `This browser holds ${what} already. What the file brings can be added: what is the same is left as it is, and if anything differs nothing is loaded.`,
      ),
      holdsRuns: true,
    };
  }

  async #whatIsHeld(): Promise<string | undefined> {
    const { store } = this.#ports;
    const runs = await store.count('flowRuns');
    if (runs > 0) return `${runs} run${runs === 1 ? '' : 's'}`;
    if ((await store.modelNames()).length > 0) return 'models';
    return (await store.datasets()).some(({ imported }) => imported) ? 'datasets' : undefined;
  }

  /** Settings and schedules stay those of this browser; of the rest, what is missing comes. */
  async #added(records: readonly StoredRecord[]): Promise<Planned | Refusal> {
    const { store } = this.#ports;
    const brought = records.filter((one) => !isOfBrowser(one));
    const writes: Write[] = [];
    for (let i = 0; i < brought.length; i += COMPARED_AT_ONCE) {
      const some = brought.slice(i, i + COMPARED_AT_ONCE);
      const here = await store.findStored(some);
      for (const [n, one] of some.entries()) {
        const meeting = meet(here[n], one);
        if (meeting === 'differs') return differs(one);
        if (meeting !== 'skip') writes.push(meeting);
      }
    }
    return { ok: true, writes, skipped: brought.length - writes.length };
  }

  /** Settings, schedules and datasets as they are in the file; those that began here on their own go. */
  async #replaced(records: readonly StoredRecord[]): Promise<Planned> {
    const datasets = new Set(
      records.flatMap(({ store, record }) => (store === 'datasets' ? [record.name] : [])),
    );
    const deletes: Write[] = [];
    await this.#ports.store.snapshot((store, found) => {
      for (const record of found) {
        const one = { store, record } as StoredRecord;
        if (isOfBrowser(one) || isOfDataset(one, datasets)) deletes.push(...deletionOf(one));
      }
    });
    return { ok: true, writes: [...deletes, ...records.map(writeOf)], skipped: 0 };
  }

  async #commit(writes: readonly Write[]): Promise<Refusal | undefined> {
    try {
      await this.#ports.store.commit(writes, 'strict');
      return undefined;
    } catch (error) {
      if (error instanceof Conflict)
        return refused(`${error.message} Nothing was loaded. Load the file again.`);
      if (!(error instanceof StorageFull)) throw error;
      return refused(
        `${error.message} Nothing was loaded. Delete old runs, or free some space on this device, and load the file again.`,
      );
    }
  }
}

function told({ writes, skipped }: Planned): Omit<Imported, 'replaced'> {
  const runs = writes.flatMap((write) =>
    write.store === 'flowRuns' && write.op === 'add' ? [write.record] : [],
  );
  const unfinished = runs.filter((run) => run.active === 1);
  return { ok: true, runs: runs.length, skipped, unfinished };
}

/** What becomes of a record of the file, with what is here under its key. */
function meet(here: object | undefined, one: StoredRecord): Write | 'skip' | 'differs' {
  if (here === undefined) return writeOf(one);
  // Found by the hash of their content, so they are the same, whenever they were stored.
  if (one.store === 'flows' || one.store === 'values' || one.store === 'rowChunks') return 'skip';
  if (sameRecord(here, one.record)) return 'skip';
  // The one of two histories of versions that goes further: if they did not agree, the versions themselves would differ.
  if (one.store === 'aliases' && 'movedAt' in here && typeof here.movedAt === 'number')
    return here.movedAt >= one.record.movedAt ? 'skip' : { ...one, op: 'put' };
  return 'differs';
}

const refused = (reason: string): Refusal => ({ ok: false, reason });

/**
 * Who uses what follows from the other records as well: it may be there before its own turn comes. Rows are found by
 * the hash of what they hold, and may be left of an import that did not end.
 */
const writeOf = (one: StoredRecord): Write => ({
  ...one,
  op: one.store === 'uses' || one.store === 'rowChunks' ? 'put' : 'add',
});

/** What belongs to the browser more than to its runs: preferences, schedules and their ledger. */
function isOfBrowser({ store, record }: StoredRecord): boolean {
  if (store === 'events') return record.streamId.startsWith('deployment:');
  return store === 'settings' || store === 'deployments' || store === 'ticks';
}

function isOfDataset({ store, record }: StoredRecord, names: ReadonlySet<string>): boolean {
  if (store === 'datasets') return names.has(record.name);
  return store === 'datasetDays' && names.has(record.dataset);
}

function deletionOf({ store, record }: StoredRecord): readonly Write[] {
  switch (store) {
    case 'events':
      return [{ store, op: 'delete', key: [record.streamId, record.seq] }];
    case 'settings':
      return [{ store, op: 'delete', key: record.key }];
    case 'deployments':
      return [{ store, op: 'delete', key: record.id }];
    case 'ticks':
      return [{ store, op: 'delete', key: [record.deploymentId, record.schedule, record.dueAt] }];
    case 'datasets':
      return [{ store, op: 'delete', key: record.name }];
    case 'datasetDays':
      return [{ store, op: 'delete', key: [record.dataset, record.day] }];
    default:
      return [];
  }
}

const differs = (one: StoredRecord): Refusal =>
  refused(
    `${nameOf(one)} is here already and differs from the one in the file. Nothing was loaded. Load the file in another browser, or in a private window.`,
  );

/** As people know it. */
function nameOf({ store, record }: StoredRecord): string {
  switch (store) {
    case 'flowRuns':
      return `The run '${record.name}'`;
    case 'taskRuns':
      return `The task run '${record.name}' of run ${record.flowRunId}`;
    case 'modelVersions':
      return `Version ${record.version} of the model '${record.model}'`;
    case 'datasets':
      return `The dataset '${record.name}'`;
    case 'datasetDays':
      return `Day ${record.day} of the dataset '${record.dataset}'`;
    case 'events':
      return `Event ${record.seq} of ${record.streamId}`;
    case 'lines':
      return `The log of run ${record.flowRunId}`;
    default:
      return `A record of ${store}`;
  }
}
