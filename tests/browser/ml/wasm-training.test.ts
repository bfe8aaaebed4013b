import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '#ml/evaluation.ts';
import { probabilityOf, Scorer } from '#ml/scorer.ts';
import { loadTensors, type Tensors } from '#ml/tensor.ts';
import { adam, trainingIterations } from '#ml/training.ts';
import { resolvePlan } from '#ml/training-plan.ts';
import { trainingProblem } from '#ml/training-problem.ts';
import type { ServingWeights } from '#ml/training-run.ts';
import { someRows } from '#tests/unit/ml/some-reviews.ts';

const rows = someRows(400, 1);
const unseen = someRows(400, 2);
const plan = resolvePlan({}, rows);
const problem = trainingProblem(rows, plan);

let tf: Tensors;

async function trained(): Promise<ServingWeights> {
  let last: ServingWeights = { weights: new Float32Array(), bias: 0 };
  for await (const { weights } of trainingIterations(tf, problem, plan, adam)) last = weights;
  return last;
}

const probabilities = (model: ServingWeights): readonly number[] =>
  Array.from(
    new Scorer({ vocabulary: problem.vocabulary, ...model }).scoreRows(unseen),
    probabilityOf,
  );

describe('the wasm backend', () => {
  beforeAll(async () => {
    const {
      tf: loaded,
      backend,
      reason,
    } = await loadTensors(async () => (await fetch(wasmUrl)).arrayBuffer());
    expect([backend, reason]).toEqual(['wasm', 'one thread, SIMD']);
    tf = loaded;
  });

  test('trains a model that tells unseen rows apart', async () => {
    const scorer = new Scorer({ vocabulary: problem.vocabulary, ...(await trained()) });
    expect(evaluate(scorer.scoreRows(unseen), unseen.labels).accuracy).toBeGreaterThan(0.85);
  });

  test('gives the same weights bit for bit each time', async () => {
    const [first, second] = [await trained(), await trained()];
    expect(new Uint8Array(second.weights.buffer)).toEqual(new Uint8Array(first.weights.buffer));
    expect(second.bias).toBe(first.bias);
  });

  test('leaves as many tensors after ten trainings as there were before', async () => {
    await trained();
    const before = tf.memory();
    for (let i = 0; i < 10; i++) await trained();
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([
      before.numTensors,
      before.numDataBuffers,
    ]);
  });

  test('agrees with the cpu backend', async () => {
    const onWasm = await trained();
    await tf.setBackend('cpu');
    const onCpu = await trained();
    await tf.setBackend('wasm');
    const there = probabilities(onCpu);
    const apart = probabilities(onWasm).map((p, row) => Math.abs(p - (there[row] ?? 0)));
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });

  test('gives way to the cpu backend when its bytes are no WebAssembly, and does not wait for ever', async () => {
    expect(await tf.initTensors(new Uint8Array(0))).toBe('cpu');
    expect(await tf.initTensors(new TextEncoder().encode('<!doctype html>'))).toBe('cpu');
    await tf.setBackend('wasm');
  });
});
