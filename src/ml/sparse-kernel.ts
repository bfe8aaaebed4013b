import {
  KernelBackend,
  engine,
  registerGradient,
  registerKernel,
  type NamedAttrMap,
  type Tensor1D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { multiply, multiplyTransposed, type SparseMatrix } from './sparse.ts';

const KERNEL = 'NightshiftSparseTimesVector';
const TRANSPOSED = 'NightshiftTransposedSparseTimesVector';
const BACKENDS = ['cpu', 'wasm'];

/**
 * A matrix and its transpose: the gradient of one is the other. Turning a matrix pays for itself after a few
 * products; without it the gradient adds up along the rows.
 */
export type SparsePair = {
  readonly matrix: SparseMatrix;
  readonly transposed?: SparseMatrix | undefined;
};

/**
 * Sparse matrix times vector, with a gradient for the vector.
 * @param vector float32, [columns]
 * @returns float32, [rows]
 */
export function sparseTimesVector(pair: SparsePair, vector: Tensor1D): Tensor1D {
  return engine().runKernel(KERNEL, { vector }, pair as NamedAttrMap);
}

/** Its transpose times vector: [rows] to [columns]. */
function transposedTimesVector(pair: SparsePair, vector: Tensor1D): Tensor1D {
  return engine().runKernel(TRANSPOSED, { vector }, pair as NamedAttrMap);
}

for (const backendName of BACKENDS) {
  registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs: { vector }, backend, attrs }) => {
      if (!vector || !isSparsePair(attrs)) throw misused();
      return made(backend, multiply(attrs.matrix, read(backend, vector)));
    },
  });
  registerKernel({
    kernelName: TRANSPOSED,
    backendName,
    kernelFunc: ({ inputs: { vector }, backend, attrs }) => {
      if (!vector || !isSparsePair(attrs)) throw misused();
      return made(backend, multiplyTransposed(attrs.matrix, read(backend, vector)));
    },
  });
}

registerGradient({
  kernelName: KERNEL,
  gradFunc: (dy, _saved, attrs) => {
    if (Array.isArray(dy) || !isSparsePair(attrs)) throw misused();
    const { matrix, transposed } = attrs;
    if (!transposed) return { vector: () => transposedTimesVector(attrs, dy.as1D()) };
    const turned = { matrix: transposed, transposed: matrix };
    return { vector: () => sparseTimesVector(turned, dy.as1D()) };
  },
});

registerGradient({
  kernelName: TRANSPOSED,
  gradFunc: (dy, _saved, attrs) => {
    if (Array.isArray(dy) || !isSparsePair(attrs)) throw misused();
    return { vector: () => sparseTimesVector(attrs, dy.as1D()) };
  },
});

/** The same loops on every backend, through the two methods that all of them have. */
function read(backend: unknown, { dataId }: TensorInfo): Float32Array {
  const values = backend instanceof KernelBackend ? backend.readSync(dataId) : undefined;
  if (!(values instanceof Float32Array)) throw misused();
  return values;
}

function made(backend: unknown, values: Float32Array): TensorInfo {
  if (!(backend instanceof KernelBackend)) throw misused();
  const shape = [values.length];
  return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' };
}

const isSparsePair = (attrs: object | undefined): attrs is SparsePair =>
  attrs !== undefined && 'matrix' in attrs;

const misused = (): Error =>
  new Error(`${KERNEL} takes one float32 vector and a sparse pair: call sparseTimesVector.`);
