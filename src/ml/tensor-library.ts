/**
 * The tensor library as one module: TensorFlow.js core with chained operations, all gradients, the cpu and wasm
 * backends and our sparse kernel. The product ships it as `@tensorflow/tfjs-core`, so authors may import that
 * too; nothing else of the layer touches TensorFlow.js at load time.
 */
// Core comes first: what registers itself with it reads its flags.
import { env, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

export * from '@tensorflow/tfjs-core';
export { adamStep, gatherWeights, TABLE_WIDTH } from './adam-kernel.ts';
export { sparseTimesVector } from './sparse-kernel.ts';

const WASM_FOLDER = 'mem:/';

/**
 * Chooses the backend, once per worker.
 * @param wasm the SIMD build of the WebAssembly backend; absent or unusable bytes mean the cpu backend
 * @returns the name of the backend in use
 */
export async function initTensors(wasm: BufferSource | undefined): Promise<string> {
  const isUsable = wasm !== undefined && WebAssembly.validate(wasm) && (await useWasm(wasm));
  if (!isUsable) await setBackend('cpu');
  await ready();
  return getBackend();
}

/**
 * The bytes must have been validated: bad bytes make `setBackend('wasm')` wait for ever. One thread, since the
 * threaded build starts workers from the text of a function that minifying breaks, and gains nothing here.
 */
async function useWasm(bytes: BufferSource): Promise<boolean> {
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(WASM_FOLDER, true);
  const { platform } = env();
  const fetchAsBefore = platform.fetch.bind(platform);
  platform.fetch = async () => new Response(bytes);
  try {
    return await setBackend('wasm');
  } finally {
    platform.fetch = fetchAsBefore;
  }
}
