import { beforeAll, describe, expect, test } from 'vitest';
import { packCheckpoint, readCheckpoint } from '#ml/checkpoint.ts';
import { evaluate } from '#ml/evaluation.ts';
import { Scorer } from '#ml/scorer.ts';
import { flipLabels } from '#ml/select-rows.ts';
import { loadTensors, type Tensors } from '#ml/tensor.ts';
import { TrainingDiverged, trainingIterations, type MakeOptimizer } from '#ml/training.ts';
import { BadTrainingPlan, resolvePlan, type PlanOptions } from '#ml/training-plan.ts';
import { trainingProblem } from '#ml/training-problem.ts';
import type { ServingWeights, TrainingState } from '#ml/training-run.ts';
import { someRows } from './some-reviews.ts';

const rows = someRows(400, 1);
const unseen = someRows(400, 2);
const noStep: MakeOptimizer = (tf) => tf.train.sgd(0);

let tf: Tensors;
beforeAll(async () => {
  ({ tf } = await loadTensors());
}, 60_000);

interface Setting extends PlanOptions {
  readonly rows?: typeof rows;
  readonly optimizer?: MakeOptimizer;
  readonly from?: TrainingState;
}

async function trained({ rows: from = rows, optimizer, from: state, ...options }: Setting = {}) {
  const plan = resolvePlan(options, from, optimizer !== undefined);
  const problem = trainingProblem(from, plan);
  const losses: number[] = [];
  let last: ServingWeights = { weights: new Float32Array(), bias: 0 };
  for await (const { loss, weights } of trainingIterations(tf, problem, plan, optimizer, state)) {
    losses.push(loss);
    last = weights;
  }
  return { losses, vocabulary: problem.vocabulary, ...last };
}

const accuracyOf = (model: Awaited<ReturnType<typeof trained>>): number =>
  evaluate(new Scorer(model).scoreRows(unseen), unseen.labels).accuracy;

async function stateAfter(
  iterations: number,
  { optimizer, from }: Pick<Setting, 'optimizer' | 'from'> = {},
): Promise<TrainingState> {
  const plan = resolvePlan({}, rows, optimizer !== undefined);
  const problem = trainingProblem(rows, plan);
  for await (const done of trainingIterations(tf, problem, plan, optimizer, from))
    if (done.iteration === iterations) return done.state();
  throw new Error('It ended before that.');
}

describe('a training', () => {
  test('learns to tell unseen rows apart', async () => {
    const model = await trained();
    expect(accuracyOf(model)).toBeGreaterThan(0.85);
    expect(model.losses.length).toBe(20);
    expect(model.losses[0]).toBeCloseTo(Math.LN2, 5);
    expect(model.losses.at(-1)).toBeLessThan(0.3);
  });

  test('gives the same weights bit for bit for the same rows', async () => {
    const [first, second] = [await trained(), await trained()];
    expect(Buffer.from(second.weights.buffer)).toEqual(Buffer.from(first.weights.buffer));
    expect([second.bias, second.losses]).toEqual([first.bias, first.losses]);
  });

  test('learns nothing, and says one label only, when the optimizer takes no steps', async () => {
    const still = await trained({ optimizer: noStep });
    const positive = unseen.labels.reduce((sum, label) => sum + label, 0);
    expect(accuracyOf(still)).toBe(1 - positive / unseen.count);
    expect(still.losses.at(-1)).toBeCloseTo(Math.LN2, 5);
  });

  test('is worse for training labels that are flipped', async () => {
    const corrupt = await trained({ rows: flipLabels(rows, 0.5, 3) });
    expect(accuracyOf(corrupt)).toBeLessThan(accuracyOf(await trained()) - 0.2);
  });

  test('is refused when the loss is not a number, saying where and what to try', async () => {
    const training = trained({ learningRate: 1e38 });
    await expect(training).rejects.toThrow(TrainingDiverged);
    await expect(training).rejects.toThrow(
      /became (NaN|Infinity) in iteration \d+ of 20.*learning rate/,
    );
  });

  test('frees all tensors: ten trainings leave as many as there were', async () => {
    await trained({ iterations: 3 });
    const before = tf.memory();
    for (let i = 0; i < 10; i++) await trained({ iterations: 3 });
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([
      before.numTensors,
      before.numDataBuffers,
    ]);
  });

  test('frees all tensors when it is stopped, when it fails, and when it goes on', async () => {
    const before = tf.memory().numTensors;
    const state = await stateAfter(2);
    await trained({ learningRate: 1e38 }).catch(() => {});
    await trained({ from: state });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a training that goes on from a checkpoint', () => {
  test('ends as if it had never stopped', async () => {
    const whole = await trained();
    const found = readCheckpoint('t', packCheckpoint('t', await stateAfter(12)));
    const resumed = await trained(found.kind === 'usable' ? { from: found.state } : {});
    expect(resumed.losses.length).toBe(8);
    expect(resumed.weights).toEqual(whole.weights);
    expect([resumed.bias, resumed.losses]).toEqual([whole.bias, whole.losses.slice(12)]);
  });

  test.each<[string, MakeOptimizer]>([
    ['sgd', (lib) => lib.train.sgd(1)],
    ['adam', (lib) => lib.train.adam(0.1, 0.9, 0.999, 1e-7)],
    ['rmsprop', (lib) => lib.train.rmsprop(0.01)],
  ])('may be interrupted again and again with %s of the library', async (_, optimizer) => {
    const whole = await trained({ optimizer });
    const first = await stateAfter(3, { optimizer });
    const second = await stateAfter(8, { optimizer, from: first });
    const resumed = await trained({ optimizer, from: second });
    expect(resumed.losses.length).toBe(12);
    expect(resumed.losses.at(-1)).toBeCloseTo(whole.losses.at(-1) ?? NaN, 6);
    expect([...resumed.weights].map((weight) => weight.toFixed(5))).toEqual(
      [...whole.weights].map((weight) => weight.toFixed(5)),
    );
  });

  test('has nothing left to do after the last iteration', async () => {
    expect((await trained({ from: await stateAfter(20) })).losses).toEqual([]);
  });
});

describe('a checkpoint', () => {
  const state: TrainingState = {
    iteration: 4,
    tensors: [{ name: 'weights', shape: [2], values: Float32Array.of(0.5, -1) }],
  };

  test('comes back as it was', () => {
    expect(readCheckpoint('t', packCheckpoint('t', state))).toEqual({ kind: 'usable', state });
  });

  test('of another training is not used', () => {
    const found = readCheckpoint('other', packCheckpoint('t', state));
    expect(found).toMatchObject({
      kind: 'unusable',
      reason: expect.stringContaining('belongs to other'),
    });
  });

  test('that is damaged is not used', () => {
    const bytes = packCheckpoint('t', state);
    bytes[bytes.length - 1]! ^= 1;
    expect(readCheckpoint('t', bytes)).toMatchObject({ kind: 'unusable' });
    expect(readCheckpoint('t', bytes.subarray(0, 9))).toMatchObject({ kind: 'unusable' });
  });
});

describe('a training plan', () => {
  test.each([
    [{ iterations: 0 }, 'iterations'],
    [{ iterations: 2.5 }, 'iterations'],
    [{ learningRate: NaN }, 'learningRate'],
    [{ smoothing: 0 }, 'smoothing'],
    [{ minCount: 0 }, 'minCount'],
  ])('refuses %o', (options, field) => {
    expect(() => resolvePlan(options, rows)).toThrow(BadTrainingPlan);
    expect(() => resolvePlan(options, rows)).toThrow(`SentimentModel.fit: ${field} must be`);
  });

  test('drops what stands in one row only when there are very many rows', () => {
    const many = { ...rows, count: 50_000 };
    expect([resolvePlan({}, rows).minCount, resolvePlan({}, many).minCount]).toEqual([1, 2]);
  });
});
