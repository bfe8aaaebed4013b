import { packFile, unpackFile, UnreadableFile } from './framed-file.ts';
import { ByteReader, ByteWriter } from './little-endian.ts';
import type { SavedTensor, TrainingState } from './training-run.ts';

const MAGIC = 'NSCHECK1';

/** What a checkpoint turned out to be. */
export type FoundCheckpoint =
  | { readonly kind: 'usable'; readonly state: TrainingState }
  | { readonly kind: 'unusable'; readonly reason: string };

interface Header {
  /** Of the training it belongs to: dataset, split, plan, backend. */
  readonly training: string;
  readonly iteration: number;
  readonly tensors: readonly Omit<SavedTensor, 'values'>[];
}

/** A training state as bytes, marked with the training it belongs to. */
export function packCheckpoint(
  training: string,
  { iteration, tensors }: TrainingState,
): Uint8Array {
  const header: Header = {
    training,
    iteration,
    tensors: tensors.map(({ name, shape }) => ({ name, shape })),
  };
  const body = new ByteWriter(4 * tensors.reduce((sum, { values }) => sum + values.length, 0));
  for (const { values } of tensors) body.floats(values);
  return packFile(MAGIC, { header, body: body.bytes });
}

/** Never throws: a training that cannot go on from a checkpoint starts afresh. */
export function readCheckpoint(training: string, bytes: Uint8Array): FoundCheckpoint {
  try {
    const { header, body } = unpackFile(MAGIC, bytes);
    if (!isHeader(header))
      return { kind: 'unusable', reason: 'its header is not one of a checkpoint' };
    if (header.training !== training)
      return {
        kind: 'unusable',
        reason: 'it belongs to other data, another seed or other settings',
      };
    return { kind: 'usable', state: readState(header, body) };
  } catch (error) {
    if (error instanceof UnreadableFile) return { kind: 'unusable', reason: error.message };
    throw error;
  }
}

function readState({ iteration, tensors }: Header, body: Uint8Array): TrainingState {
  const sizes = tensors.map(({ shape }) => shape.reduce((product, side) => product * side, 1));
  if (body.length !== 4 * sizes.reduce((sum, size) => sum + size, 0))
    throw new UnreadableFile('its shapes do not fit its size');
  const reader = new ByteReader(body);
  return {
    iteration,
    tensors: tensors.map((tensor, i) => ({ ...tensor, values: reader.floats(sizes[i] ?? 0) })),
  };
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { training, iteration, tensors } = value as Partial<Record<keyof Header, unknown>>;
  return (
    typeof training === 'string' &&
    Number.isInteger(iteration) &&
    Array.isArray(tensors) &&
    tensors.every(isShaped)
  );
}

function isShaped(value: unknown): value is Header['tensors'][number] {
  if (typeof value !== 'object' || value === null || !('shape' in value)) return false;
  return Array.isArray(value.shape) && value.shape.every(Number.isInteger);
}
