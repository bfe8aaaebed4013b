/** The tensor library as it is loaded at run time. Types only: importing this file loads nothing. */
export type Tensors = typeof import('./tensor-library.ts');

export interface LoadedTensors {
  readonly tf: Tensors;
  readonly backend: string;
  /** Why this backend, for a log line. */
  readonly reason: string;
}

let loaded: Promise<LoadedTensors> | undefined;

/**
 * Loads TensorFlow.js, once per worker, when something is first trained: a flow worker that merely imports
 * `nightshift/ml` never pays for it. The build maps this one `import()` to the author library `@tensorflow/tfjs-core`,
 * so authors who import that get the same instance.
 * @param readWasm gives the bytes of the WebAssembly backend; absent: the cpu backend
 */
export function loadTensors(readWasm?: () => Promise<ArrayBuffer>): Promise<LoadedTensors> {
  loaded ??= load(readWasm).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(readWasm?: () => Promise<ArrayBuffer>): Promise<LoadedTensors> {
  const [tf, wasm] = await Promise.all([import('./tensor-library.ts'), bytesOf(readWasm)]);
  const backend = await tf.initTensors(wasm.bytes);
  const refused =
    wasm.bytes && backend !== 'wasm' ? 'the WebAssembly bytes are not usable here' : '';
  return { tf, backend, reason: refused || wasm.reason };
}

interface WasmBytes {
  readonly bytes?: ArrayBuffer;
  readonly reason: string;
}

async function bytesOf(readWasm?: () => Promise<ArrayBuffer>): Promise<WasmBytes> {
  if (!readWasm) return { reason: 'no WebAssembly was asked for' };
  try {
    return { bytes: await readWasm(), reason: 'one thread, SIMD' };
  } catch (error) {
    return { reason: `WebAssembly could not be read: ${String(error)}` };
  }
}
