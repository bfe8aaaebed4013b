import {
  engine,
  registerKernel,
  type NamedAttrMap,
  type Tensor,
  type Tensor1D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

const GATHER = 'NightshiftGatherWeights';
const STEP = 'NightshiftAdamStep';

/**
 * Numbers a parameter in a table: its weight, the two moments of its gradients, and the scale of its column, side by
 * side in memory, since a look at one of them costs as much as a look at all.
 */
export const TABLE_WIDTH = 4;
const SCALE = 3;

/** Adam as Kingma and Ba give it. Epsilon is explicit: the library's default depends on the backend. */
export type AdamStep = {
  readonly learningRate: number;
  /** Counted from 1: the moments begin at zero and are corrected for it. */
  readonly step: number;
  /** Rows of the table that the gradient speaks of, one a number of it; absent: all in order. */
  readonly used?: Uint32Array | undefined;
};
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

/**
 * Weights and column scales of some parameters.
 * @param table float32, [parameters, 4]
 * @param used its rows; all when absent
 * @returns float32, [used] each
 */
export function gatherWeights(table: Tensor, used?: Uint32Array): [Tensor1D, Tensor1D] {
  return engine().runKernel(GATHER, { table }, { used } as NamedAttrMap);
}

/**
 * One step of Adam for some parameters, in place: those that are not used are not touched, not even their moments
 * ("lazy"), since most words are in few batches and a pass over all of them would cost more than everything else.
 * @param table float32, [parameters, 4]
 * @param gradient float32, [used]
 */
export function adamStep(table: Tensor, gradient: Tensor, how: AdamStep): void {
  engine().runKernel(STEP, { table, gradient }, how as NamedAttrMap);
}

for (const backendName of ['cpu', 'wasm']) {
  registerKernel({
    kernelName: GATHER,
    backendName,
    kernelFunc: ({ inputs: { table }, backend, attrs }) => {
      if (!table || !isBackend(backend) || !isUse(attrs)) throw misused(GATHER);
      const shape = [attrs.used?.length ?? table.shape[0] ?? 0];
      return gathered(valuesOf(backend, table), shape[0] ?? 0, attrs.used).map((values) => ({
        dataId: backend.write(values, shape, 'float32'),
        shape,
        dtype: 'float32',
      }));
    },
  });
  registerKernel({
    kernelName: STEP,
    backendName,
    kernelFunc: ({ inputs: { table, gradient }, backend, attrs }) => {
      if (!table || !gradient || !isBackend(backend) || !isAdamStep(attrs)) throw misused(STEP);
      step(valuesOf(backend, table), valuesOf(backend, gradient), attrs);
      return [];
    },
  });
}

function gathered(table: Float32Array, count: number, used?: Uint32Array): Float32Array[] {
  const weights = new Float32Array(count);
  const scales = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (used ? used[i]! : i) * TABLE_WIDTH;
    weights[i] = table[at]!;
    scales[i] = table[at + SCALE]!;
  }
  return [weights, scales];
}

function step(table: Float32Array, gradient: Float32Array, how: AdamStep): void {
  const { used } = how;
  const correction = Math.sqrt(1 - BETA_2 ** how.step);
  const rate = (how.learningRate * correction) / (1 - BETA_1 ** how.step);
  const epsilon = EPSILON * correction;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const at = (used ? used[i]! : i) * TABLE_WIDTH;
    const first = BETA_1 * table[at + 1]! + (1 - BETA_1) * g;
    const second = BETA_2 * table[at + 2]! + (1 - BETA_2) * g * g;
    table[at + 1] = first;
    table[at + 2] = second;
    table[at]! -= (rate * first) / (Math.sqrt(second) + epsilon);
  }
}

type Backend = MathBackendCPU | BackendWasm;

const isBackend = (backend: unknown): backend is Backend =>
  backend instanceof MathBackendCPU || backend instanceof BackendWasm;

/**
 * The numbers themselves, not a copy; of wasm a view that dies when its memory grows, so it is taken after every
 * allocation. Neither way is documented: the version of TensorFlow.js is pinned, and tests hold it.
 */
function valuesOf(backend: Backend, { dataId, shape, dtype }: TensorInfo): Float32Array {
  const values =
    backend instanceof BackendWasm
      ? backend.typedArrayFromHeap({ dataId, shape, dtype })
      : backend.data.get(dataId).values;
  if (!(values instanceof Float32Array)) throw misused(STEP);
  return values;
}

const isUse = (attrs: object | undefined): attrs is Pick<AdamStep, 'used'> =>
  attrs !== undefined &&
  'used' in attrs &&
  (attrs.used === undefined || attrs.used instanceof Uint32Array);

const isAdamStep = (attrs: object | undefined): attrs is AdamStep =>
  attrs !== undefined && 'learningRate' in attrs && 'step' in attrs;

const misused = (kernel: string): Error =>
  new Error(`${kernel} takes float32 tensors: call gatherWeights or adamStep.`);
