import { createHash } from 'node:crypto';
import {
  provideHost,
  reviverFor,
  TO_REFERENCE,
  type AuthorContext,
  type AuthorHost,
  type Referable,
  type SaveModelRequest,
  type Snapshot,
} from '#domain/author-host.ts';
import type { Fault } from '#domain/faults.ts';
import { decideGate } from '#domain/gate.ts';
import { asContentHash, type ContentHash } from '#domain/ids.ts';
import type { FoundModel, ModelAlias } from '#domain/models.ts';
import type { LogLevel } from '#domain/lines.ts';
import { packRows, type LabelledText } from '#domain/rows.ts';

/** The rows of one arrival day. */
export interface Day {
  readonly day: number;
  readonly rows: readonly LabelledText[];
}

interface Point {
  readonly series: string;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** A host of one simulated worker. Everything that was asked of it is kept for a test to look at. */
export class FakeHost implements AuthorHost {
  readonly context: AuthorContext;
  days: readonly Day[];
  readonly logs: { readonly level: LogLevel; readonly message: string }[] = [];
  readonly points: Point[] = [];
  readonly fractions: number[] = [];
  readonly saved: SaveModelRequest[] = [];
  readonly values = new Map<ContentHash, Uint8Array>();
  snapshotsRead = 0;
  valuesRead = 0;
  checkpoint: Uint8Array | undefined;
  /** Called after each report of progress: throws to stop the attempt there. */
  onProgress: (fraction: number) => void = () => {};

  constructor(
    days: readonly Day[],
    options: { seed?: number; fault?: Fault; inFlowBody?: boolean } = {},
  ) {
    this.days = days;
    const { seed = 7, fault, inFlowBody = false } = options;
    const task = {
      taskRunId: 'fr_test/1/train-0',
      name: 'train',
      attempt: 1,
      ...(fault ? { fault } : {}),
    };
    const flow = { flowRunId: 'fr_test', flowRunName: 'test-otter', parameters: {}, seed };
    this.context = { ...flow, ...(inFlowBody ? {} : { task }) };
  }

  random(): number {
    return 0.5;
  }

  log(level: LogLevel, message: string): void {
    this.logs.push({ level, message });
  }

  metric(series: string, step: number, values: Readonly<Record<string, number>>): void {
    this.points.push({ series, step, values });
  }

  async progress(fraction: number, checkpoint?: () => Uint8Array): Promise<void> {
    this.fractions.push(fraction);
    this.checkpoint = checkpoint?.() ?? this.checkpoint;
    this.onProgress(fraction);
  }

  async saveCheckpoint(make: () => Promise<Uint8Array>): Promise<boolean> {
    this.checkpoint = await make();
    return true;
  }

  async loadCheckpoint(): Promise<Uint8Array | undefined> {
    return this.checkpoint;
  }

  async readSnapshot({
    dataset,
    until = Infinity,
  }: {
    dataset: string;
    until?: number;
  }): Promise<Snapshot> {
    this.snapshotsRead++;
    const days = this.days.filter(({ day }) => day <= until);
    return {
      dataset,
      until: Math.min(until, Math.max(0, ...this.days.map(({ day }) => day))),
      contentHash: hashOf(new TextEncoder().encode(JSON.stringify(days))),
      days: days.map(({ day, rows }) => ({ day, rows: packRows(rows) })),
    };
  }

  async putValue(bytes: Uint8Array): Promise<ContentHash> {
    const hash = hashOf(bytes);
    this.values.set(hash, bytes);
    return hash;
  }

  async getValue(hash: ContentHash): Promise<Uint8Array> {
    this.valuesRead++;
    const bytes = this.values.get(hash);
    if (!bytes) throw new Error(`Nothing is kept under ${hash}.`);
    return bytes;
  }

  async decideGate(...[conditions, metrics]: Parameters<AuthorHost['decideGate']>) {
    return decideGate(conditions, metrics);
  }

  async saveModel(request: SaveModelRequest) {
    this.saved.push(request);
    return { version: this.saved.length };
  }

  async loadModel(model: string, which: ModelAlias | number): Promise<FoundModel | undefined> {
    const versions = this.saved.flatMap((one, i) =>
      one.model === model ? [{ ...one, version: i + 1 }] : [],
    );
    const found = versions.findLast(({ version, alias }) => version === which || alias === which);
    return (
      found && {
        version: found.version,
        hash: found.hash,
        ...(found.data ? { data: found.data } : {}),
      }
    );
  }

  async acquireLimit(): Promise<number> {
    return 0;
  }

  async releaseLimit(): Promise<void> {
    return undefined;
  }

  async openHelper(): Promise<MessagePort | undefined> {
    return undefined;
  }

  async wasm(): Promise<ArrayBuffer> {
    throw new Error('there is none in this test');
  }

  series(name: string): readonly Point[] {
    return this.points.filter(({ series }) => series === name);
  }
}

const hashOf = (bytes: Uint8Array): ContentHash =>
  asContentHash(`sha256-${createHash('sha256').update(bytes).digest('hex')}`);

/** Makes `host` the one that answers from now on: another worker, in a test. */
export function inWorker<H extends FakeHost>(host: H): H {
  provideHost(() => host);
  return host;
}

/** What arrives in another worker: the reference as plain data, then the value made from it. */
export async function sent(value: Referable): Promise<unknown> {
  const { kind, label, data } = structuredClone(await value[TO_REFERENCE]());
  return reviverFor(kind)?.({ kind, label, data });
}
