import type { FlowRunRecord, SettingRecord } from '#domain/records.ts';
import {
  retentionProblem,
  type Retained,
  type RetentionPolicy,
  type RetentionRequest,
  type StorageUse,
} from '#domain/retention.ts';
import { StorageFull, type Write } from '#domain/store.ts';
import { Pace } from './pace.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { EnginePorts } from './ports.ts';

type RetentionPorts = Pick<EnginePorts, 'clock' | 'disk' | 'feed' | 'store'>;

export interface RetentionHost {
  /** It has ended, and is still needed: its last lines may be on their way. */
  readonly isNeeded: (run: FlowRunRecord) => boolean;
  /** The store can no longer be used. */
  readonly stopped: (error: unknown) => void;
}

const DAY_MS = 86_400_000;

/**
 * Deletes ended runs, oldest first. A run goes in two steps: its record is replaced by a mark in one commit, from which
 * on it is neither listed nor opened; then what belonged to it goes, a slice at a time, and the mark with the last of it.
 * Invariant: what is marked is swept, also by the next engine after a crash; so a run is there whole or not at all.
 */
export class Retention {
  readonly #ports: RetentionPorts;
  readonly #host: RetentionHost;
  readonly #pace: Pace;
  /** Two at once would mark the same runs. */
  readonly #turns = new OneAtATime();
  #sweeping = false;
  #swept: Promise<void> = Promise.resolve();
  /** Marked runs of which something is left. */
  #removing = 0;
  #policy: RetentionPolicy = {};

  constructor(ports: RetentionPorts, host: RetentionHost) {
    this.#ports = ports;
    this.#host = host;
    this.#pace = new Pace(ports.clock);
  }

  /** Goes on with what an earlier engine left, and with the policy that is kept. */
  async begin(): Promise<void> {
    this.#policy = await this.#readPolicy();
    this.#removing = await this.#ports.store.count('removals');
    this.#sweep();
    this.enforce();
  }

  /** Deletes what the kept policy no longer keeps. */
  enforce(): void {
    if (this.#policy.keepRuns === undefined && this.#policy.keepDays === undefined) return;
    this.#turns.run(() => this.#delete(this.#policy)).catch(this.#host.stopped);
  }

  async use(): Promise<StorageUse> {
    const [runs, removing, policy, room] = await Promise.all([
      this.#ports.store.count('flowRuns'),
      this.#ports.store.count('removals'),
      this.#readPolicy(),
      this.#ports.disk.estimate(),
    ]);
    return { runs, removing, policy, ...room };
  }

  async retain(request: RetentionRequest): Promise<Retained> {
    const reason = retentionProblem(request);
    if (reason !== undefined) return { ok: false, reason };
    return { ok: true, runs: await this.#turns.run(() => this.#delete(request)) };
  }

  /** Keeps the policy, and deletes what it does not keep. */
  async setPolicy(policy: RetentionPolicy): Promise<Retained> {
    const reason = retentionProblem(policy);
    if (reason !== undefined) return { ok: false, reason };
    const { keepRuns, keepDays } = policy;
    await this.#ports.store.commit([setting('keepRuns', keepRuns), setting('keepDays', keepDays)]);
    this.#policy = policy;
    return this.retain(policy);
  }

  /** Does something while no run is being deleted: what is removed must not meet what is added again. */
  whileStill<T>(act: () => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      await this.#swept;
      return act();
    });
  }

  async #readPolicy(): Promise<RetentionPolicy> {
    const { store } = this.#ports;
    const [keepRuns, keepDays] = await Promise.all([
      store.get('settings', 'keepRuns'),
      store.get('settings', 'keepDays'),
    ]);
    return {
      ...(keepRuns ? { keepRuns: keepRuns.value } : {}),
      ...(keepDays ? { keepDays: keepDays.value } : {}),
    };
  }

  async #delete(request: RetentionRequest): Promise<number> {
    try {
      return await this.#markAll(request);
    } finally {
      // Not before: the list is shorter at once, and the room that is made has time.
      this.#sweep();
    }
  }

  async #markAll({ oldest = 0, keepRuns, keepDays }: RetentionRequest): Promise<number> {
    let deleted = await this.#mark(oldest);
    if (keepRuns !== undefined)
      deleted += await this.#mark((await this.#ports.store.count('flowRuns')) - keepRuns);
    if (keepDays !== undefined)
      deleted += await this.#mark(Infinity, this.#ports.clock.now() - keepDays * DAY_MS);
    return deleted;
  }

  async #mark(most: number, before?: number): Promise<number> {
    let marked = 0;
    for (let needed = 0; marked < most;) {
      const size = Math.min(most - marked, this.#pace.size);
      const oldest = await this.#ports.store.oldestEndedRuns(size + needed, before);
      const runs = oldest.filter((run) => !this.#host.isNeeded(run));
      if (runs.length === 0 && oldest.length < size + needed) break;
      // Those come again each time, so as many more are asked for.
      needed = oldest.length - runs.length;
      if (runs.length > 0) marked += await this.#markSome(runs.slice(0, size));
    }
    return marked;
  }

  async #markSome(runs: readonly FlowRunRecord[]): Promise<number> {
    const marked = await this.#pace.slice(() => this.#markThese(runs));
    this.#tell();
    return marked;
  }

  async #markThese(runs: readonly FlowRunRecord[]): Promise<number> {
    try {
      await this.#ports.store.commit(runs.flatMap(marking));
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      return this.#makeRoom(runs);
    }
    this.#removing += runs.length;
    return runs.length;
  }

  /** Where there is no room for a mark, one run goes whole: that writes nothing. */
  async #makeRoom([oldest]: readonly FlowRunRecord[]): Promise<number> {
    if (!oldest) return 0;
    await this.#ports.store.removeRun(oldest.id);
    return 1;
  }

  #sweep(): void {
    if (this.#sweeping || this.#removing === 0) return;
    this.#sweeping = true;
    this.#swept = this.#sweepAll().catch(this.#host.stopped);
  }

  async #sweepAll(): Promise<void> {
    try {
      while (this.#removing > 0) await this.#pace.slice((size) => this.#sweepSome(size));
    } finally {
      this.#sweeping = false;
    }
  }

  async #sweepSome(size: number): Promise<void> {
    const { store } = this.#ports;
    const { records, runs } = await store.sweep(size);
    // Runs may have been marked since that slice began: only the store knows that none is left.
    this.#removing = records === 0 ? await store.count('removals') : this.#removing - runs;
    if (runs > 0) this.#tell();
  }

  #tell(): void {
    this.#ports.feed.publish({ kind: 'runs removed', removing: this.#removing });
  }
}

const marking = ({ id }: FlowRunRecord): readonly Write[] => [
  { store: 'flowRuns', op: 'delete', key: id },
  { store: 'removals', op: 'put', record: { flowRunId: id } },
];

function setting(key: SettingRecord['key'], value: number | undefined): Write {
  return value === undefined
    ? { store: 'settings', op: 'delete', key }
    : { store: 'settings', op: 'put', record: { key, value } };
}
