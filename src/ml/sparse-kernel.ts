import {
  KernelBackend,
  engine,
  registerGradient,
  registerKernel,
  type Tensor1D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { multiply, type SparseMatrix } from './sparse.ts';

const KERNEL = 'NightshiftSparseTimesVector';
const BACKENDS = ['cpu', 'wasm'];

/** A matrix and its transpose: the gradient of one is the other. */
export type SparsePair = {
  readonly matrix: SparseMatrix;
  readonly transposed: SparseMatrix;
};

/**
 * Sparse matrix times vector, with a gradient for the vector.
 * @param vector float32, [columns]
 * @returns float32, [rows]
 */
export function sparseTimesVector(pair: SparsePair, vector: Tensor1D): Tensor1D {
  return engine().runKernel(KERNEL, { vector }, pair);
}

for (const backendName of BACKENDS)
  registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs: { vector }, backend, attrs }) => {
      if (!(backend instanceof KernelBackend) || !vector || !isSparsePair(attrs)) throw misused();
      return run(backend, vector, attrs.matrix);
    },
  });

registerGradient({
  kernelName: KERNEL,
  gradFunc: (dy, _saved, attrs) => {
    if (Array.isArray(dy) || !isSparsePair(attrs)) throw misused();
    const turned = { matrix: attrs.transposed, transposed: attrs.matrix };
    return { vector: () => sparseTimesVector(turned, dy.as1D()) };
  },
});

/** The same loops on every backend, through the two methods that all of them have. */
function run(backend: KernelBackend, vector: TensorInfo, matrix: SparseMatrix): TensorInfo {
  const values = backend.readSync(vector.dataId);
  if (!(values instanceof Float32Array)) throw misused();
  const shape = [matrix.rows];
  const dataId = backend.write(multiply(matrix, values), shape, 'float32');
  return { dataId, shape, dtype: 'float32' };
}

const isSparsePair = (attrs: object | undefined): attrs is SparsePair =>
  attrs !== undefined && 'matrix' in attrs && 'transposed' in attrs;

const misused = (): Error =>
  new Error(`${KERNEL} takes one float32 vector and a sparse pair: call sparseTimesVector.`);
