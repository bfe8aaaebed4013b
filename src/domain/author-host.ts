import type { NewArtifactContent } from './artifacts.ts';
import type { Fault } from './faults.ts';
import type { Flip, GateCondition, GateEvidence, Verdict } from './gate.ts';
import type { ContentHash } from './ids.ts';
import type { LogLevel } from './lines.ts';
import type { DatasetFacts, FoundModel, ModelAlias } from './models.ts';
import type { Parameters } from './parameters.ts';
import type { RowBatch } from './rows.ts';

/**
 * What author code can ask of the engine, seen from inside an author worker. `nightshift` and `nightshift/ml` are
 * separate modules that must not import each other, so the worker hands them this through one global slot.
 */
export interface AuthorHost {
  readonly context: AuthorContext;
  /** Seeded by (run seed, task run, attempt): the only randomness of a run. In 0..1. */
  random(): number;
  log(level: LogLevel, message: string): void;
  /** Makes something for people to look at; resolves when it is kept (in a flow body at once). */
  artifact(content: NewArtifactContent, named?: ArtifactName): Promise<void>;
  /** One point of a series; shown at once, kept with the logs. */
  metric(series: string, step: number, values: Readonly<Record<string, number>>): void;
  /**
   * Reports progress (0..1). Resolves after the worker had a chance to be stopped, and after a checkpoint was kept
   * when one was due (at most one a second, or forced by a fault that strikes here). Await it in long loops.
   */
  progress(fraction: number, checkpoint?: () => Uint8Array): Promise<void>;
  /**
   * Keeps a checkpoint, unless one was kept within the last second: then `make` is not called, and it resolves with
   * false. A fault that strikes here forces one.
   * @param fraction progress (0..1), reported as well; that of the last report when absent
   */
  saveCheckpoint(make: () => Promise<Uint8Array>, fraction?: number): Promise<boolean>;
  /** The newest checkpoint of this task run, from whichever attempt. */
  loadCheckpoint(): Promise<Uint8Array | undefined>;
  readSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  /** Keeps bytes by their content hash. */
  putValue(bytes: Uint8Array): Promise<ContentHash>;
  /** @throws Error when nothing is kept under that hash */
  getValue(hash: ContentHash): Promise<Uint8Array>;
  /** @param flips sentences on which challenger and champion differ */
  decideGate(
    conditions: readonly GateCondition[],
    evidence: GateEvidence,
    flips?: readonly Flip[],
  ): Promise<Verdict>;
  saveModel(request: SaveModelRequest): Promise<{ readonly version: number }>;
  /** The version of that number, or the one an alias points to; undefined when there is none. */
  loadModel(model: string, which: ModelAlias | number): Promise<FoundModel | undefined>;
  /**
   * Waits until slots of a limit are free, and takes them.
   * @returns a number to give them back by; the end of the attempt gives them back in any case
   * @throws Error when they can never be had, or not in time
   */
  acquireLimit(request: LimitRequest): Promise<number>;
  releaseLimit(lease: number): Promise<void>;
  /**
   * Asks for a worker of the same program, which helps this attempt and ends with it; what was registered by
   * `registerAssistant` answers there.
   * @returns the port to it; undefined when no worker is free
   */
  openAssistant(): Promise<MessagePort | undefined>;
  /** Bytes of the SIMD build of the tensor library's WebAssembly. */
  wasm(): Promise<ArrayBuffer>;
}

export interface AuthorContext {
  readonly flowRunId: string;
  readonly flowRunName: string;
  readonly parameters: Parameters;
  readonly seed: number;
  /** The instant the run was meant for (milliseconds since the epoch): its tick, or when it was asked to start. */
  readonly scheduledFor?: number | undefined;
  /** Present in a task. */
  readonly task?: {
    readonly taskRunId: string;
    readonly name: string;
    /** Counted from 1. */
    readonly attempt: number;
    readonly fault?: Fault;
  };
}

export interface ArtifactName {
  /** Lowercase letters, digits and dashes. */
  readonly key?: string;
  readonly description?: string;
}

export interface SnapshotRequest {
  readonly dataset: string;
  /** Last arrival day to include; all that has arrived when absent. */
  readonly until?: number;
}

export interface Snapshot {
  readonly dataset: string;
  readonly until: number;
  /** Over all rows of all days up to `until`. */
  readonly contentHash: ContentHash;
  /** Day batches, ascending; never changed once stored. */
  readonly days: readonly { readonly day: number; readonly rows: RowBatch }[];
}

export interface LimitRequest {
  readonly name: string;
  readonly slots: number;
  /** Absent: it waits for ever. */
  readonly timeoutSeconds?: number;
  /** True: a limit that is not there is an error. */
  readonly strict: boolean;
}

export interface SaveModelRequest {
  readonly model: string;
  readonly hash: ContentHash;
  readonly bytes: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly snapshot: string;
  readonly backend: string;
  readonly features?: number;
  /** Moves to the new version. */
  readonly alias: ModelAlias;
  readonly data?: DatasetFacts;
}

/** A large value crosses between workers as a small reference; `kind` chooses who revives it. */
export interface Reference {
  readonly kind: string;
  /** A few words for people: `2,880 train / 720 held-out reviews`. */
  readonly label: string;
  /** Plain data that the codec can encode. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An object that crosses as a reference has this method; it may store its content first. */
export const TO_REFERENCE = Symbol.for('nightshift.toReference');
export interface Referable {
  [TO_REFERENCE](): Promise<Reference>;
}

export type Reviver = (reference: Reference) => unknown;

/** Serves the worker at the other end of a port. */
export type Assist = (port: MessagePort) => void;

interface Slot {
  host?: () => AuthorHost | undefined;
  readonly revivers: Map<string, Reviver>;
  assist?: Assist;
}

const SLOT = Symbol.for('nightshift.author');

function slot(): Slot {
  const scope = globalThis as { [SLOT]?: Slot };
  return (scope[SLOT] ??= { revivers: new Map() });
}

/** The worker says who answers; tests give one per simulated worker. */
export function provideHost(host: () => AuthorHost | undefined): void {
  slot().host = host;
}

/**
 * @throws Error outside a run, naming what was tried
 */
export function authorHost(what: string): AuthorHost {
  const host = slot().host?.();
  if (!host) throw new Error(`${what} works inside a flow run only: call it from a task.`);
  return host;
}

export function registerReviver(kind: string, revive: Reviver): void {
  slot().revivers.set(kind, revive);
}

export const reviverFor = (kind: string): Reviver | undefined => slot().revivers.get(kind);

/** Says who answers when this worker is made an assistant of another. */
export function registerAssistant(assist: Assist): void {
  slot().assist = assist;
}

export const assistant = (): Assist | undefined => slot().assist;
