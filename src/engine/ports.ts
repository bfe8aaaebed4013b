import type {
  Assets,
  AuthorWorkers,
  Clock,
  Compiler,
  Disk,
  Entropy,
  Feed,
  Hasher,
  ModelFiles,
  RecordCodec,
} from '#domain/ports.ts';
import type { Store } from '#domain/store.ts';

/** Everything the engine touches of the world. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly hasher: Hasher;
  readonly compiler: Compiler;
  readonly workers: AuthorWorkers;
  readonly store: Store;
  readonly feed: Feed;
  readonly assets: Assets;
  readonly disk: Disk;
  readonly records: RecordCodec;
  readonly modelFiles: ModelFiles;
  /** `nightshift 0.1.0`: recorded with each run. */
  readonly runtime: string;
  /** Task workers at a time. */
  readonly poolSize: number;
  /** Minutes east of UTC at an instant, in the reader's zone. */
  readonly offsetMinutes: (at: number) => number;
}
