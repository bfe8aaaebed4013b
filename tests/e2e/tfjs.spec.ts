import { expect, test } from '@playwright/test';
import { endOf, messagesOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

const source = `
import { flow, task } from 'nightshift';
import * as tf from '@tensorflow/tfjs';

const fit = task('fit', async () => {
  await tf.setBackend('cpu');
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: tf.train.adam(0.5, 0.9, 0.999, 1e-7), loss: 'meanSquaredError' });
  const xs = tf.tensor2d([0, 1, 2, 3], [4, 1]);
  const ys = tf.tensor2d([1, 3, 5, 7], [4, 1]);
  await model.fit(xs, ys, { epochs: 120, shuffle: false, verbose: 0 });
  const [guess] = await (model.predict(tf.tensor2d([4], [1, 1])) as tf.Tensor).data();
  return guess;
});

export default flow({ name: 'tfjs-line', logPrints: true }, async () => {
  console.log('2 * 4 + 1 is about', (await fit()).toFixed(1));
});
`;

test('a task may use TensorFlow.js itself', async ({ page }) => {
  await openWithEngine(page);
  const history = await endOf(page, await startedRun(page, { source }));
  expect(history.record.state.name).toBe('Completed');
  const said = messagesOf(history).find((line) => line.startsWith('2 * 4 + 1'));
  expect(Number(said?.split(' ').at(-1))).toBeCloseTo(9, 0);
});
