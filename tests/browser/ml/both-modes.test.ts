import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { beforeAll, describe, expect, test } from 'vitest';
import { packCheckpoint, readCheckpoint } from '#ml/checkpoint.ts';
import { loadTensors, type Tensors } from '#ml/tensor.ts';
import { prepareTraining, runTraining, trainRows, type FitOptions } from '#ml/train-rows.ts';
import { someRows } from '#tests/unit/ml/some-reviews.ts';

const rows = someRows(300, 1);
const MODES: readonly FitOptions[] = [
  { mode: 'full-batch', iterations: 10 },
  { mode: 'mini-batch', batchSize: 32, epochs: 2 },
];
const CASES = ['wasm', 'cpu'].flatMap((backend) =>
  MODES.map((options) => ({ backend, mode: options.mode, options })),
);

let tf: Tensors;
beforeAll(async () => {
  ({ tf } = await loadTensors(async () => (await fetch(wasmUrl)).arrayBuffer()));
});

describe.each(CASES)('$mode training on $backend', ({ backend, options }) => {
  beforeAll(async () => {
    expect(await tf.setBackend(backend)).toBe(true);
  });

  test('leaves memory as it was, after each of 50', async () => {
    await trainRows(tf, rows, { options });
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 50; i++) {
      await trainRows(tf, rows, { options });
      const now = tf.memory();
      expect([now.numTensors, now.numBytes]).toEqual([numTensors, numBytes]);
    }
  });

  test('ends as if it had never stopped when it goes on from a checkpoint', async () => {
    const prepared = await prepareTraining(rows, { options });
    let kept: Uint8Array = new Uint8Array();
    const whole = await runTraining(tf, prepared, {
      onStep: async ({ step, state }) => {
        if (step === 7) kept = packCheckpoint('t', state());
      },
    });
    const found = readCheckpoint('t', kept);
    if (found.kind === 'unusable') throw new Error(found.reason);
    const again = await prepareTraining(rows, { options });
    const resumed = await runTraining(tf, again, { from: found.state });
    expect([...resumed.weights]).toEqual([...whole.weights]);
    expect(resumed.bias).toBe(whole.bias);
  });
});

test('mini-batches on wasm agree with those on cpu', async () => {
  const on = async (backend: string) => {
    await tf.setBackend(backend);
    return trainRows(tf, rows, { options: MODES[1] ?? {}, heldOut: someRows(200, 2) });
  };
  const [wasm, cpu] = [await on('wasm'), await on('cpu')];
  const apart = wasm.weights.map((weight, f) => Math.abs(weight - (cpu.weights[f] ?? NaN)));
  expect(Math.max(...apart)).toBeLessThan(1e-4);
  expect(wasm.evaluation?.accuracy).toBeGreaterThan(0.85);
});
