import { showValue } from '#domain/show-value.ts';
import { served, type Served } from './scope.ts';

/** In front of what the codec made: training keeps checkpoints of its own kind. */
const MARK = new TextEncoder().encode('NSVALUE1');

export interface CheckpointOptions {
  /** 0 to 1; shown with the attempt that may resume from it. */
  readonly progress?: number;
}

/** What a task remembers over its attempts: after a failure, a timeout or a crash the next one may go on from it. */
export const checkpoint = {
  /**
   * Keeps a value, unless one was kept less than a second ago: in a loop, call it as often as you like. The newest two
   * of a task run are kept.
   * @returns whether it was kept
   * @throws Error in a flow body and outside a run; CannotEncode when the value cannot be stored
   */
  async save(value: unknown, { progress }: CheckpointOptions = {}): Promise<boolean> {
    const { host, codec } = taskHere('checkpoint.save');
    if (progress !== undefined && !isFraction(progress))
      throw new RangeError(
        `checkpoint.save takes a progress of 0 to 1, not ${showValue(progress)}.`,
      );
    const make = async () => marked((await codec.encode(value, 'The checkpoint')).bytes);
    return host.saveCheckpoint(make, progress);
  },

  /** The newest value that this task run kept, in whichever attempt; undefined when there is none. */
  async load<T = unknown>(): Promise<T | undefined> {
    const { host, codec } = taskHere('checkpoint.load');
    const bytes = await host.loadCheckpoint();
    if (bytes === undefined) return undefined;
    if (isMarked(bytes)) return codec.decode(bytes.slice(MARK.length).buffer) as T;
    host.log(
      'WARNING',
      'The newest checkpoint of this task is one of a training, so checkpoint.load gives nothing. Train in a task of its own.',
    );
    return undefined;
  },
};

const isFraction = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= 1;

function taskHere(what: string): Served {
  const current = served();
  if (!current) throw new Error(`${what} works inside a flow run only: call it from a task.`);
  if (current.host.context.task) return current;
  throw new Error(
    `${what} belongs into a task: a flow body needs none, since it is run again and its finished tasks are not.`,
  );
}

function marked(bytes: ArrayBuffer): Uint8Array {
  const all = new Uint8Array(MARK.length + bytes.byteLength);
  all.set(MARK);
  all.set(new Uint8Array(bytes), MARK.length);
  return all;
}

const isMarked = (bytes: Uint8Array): boolean => MARK.every((byte, i) => bytes[i] === byte);
