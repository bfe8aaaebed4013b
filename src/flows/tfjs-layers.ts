import * as tf from '@tensorflow/tfjs';
import { context, flow, integer, logger, metric, progress, task } from 'nightshift';
import { type Dataset, hashFeatures, loadDataset, startTensors } from 'nightshift/ml';

const PLACES = 1024;

const extract = task('extract', () => loadDataset('reviews'));

function network(seed: number): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 16, activation: 'relu', inputShape: [PLACES], kernelInitializer }),
      tf.layers.dense({ units: 1, activation: 'sigmoid', kernelInitializer }),
    ],
  });
  // Epsilon is explicit: its default differs between backends.
  const optimizer = tf.train.adam(0.02, 0.9, 0.999, 1e-7);
  model.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

const train = task('train', async ({ train, test }: Dataset, epochs: number) => {
  await startTensors();
  const [seen, unseen] = [await hashFeatures(train, PLACES), await hashFeatures(test, PLACES)];
  const [xs, ys] = [tf.tensor2d(seen.values, seen.shape), tf.tensor1d(seen.labels)];
  const [testXs, testYs] = [tf.tensor2d(unseen.values, unseen.shape), tf.tensor1d(unseen.labels)];
  const model = network(context.seed);
  let heldOutAccuracy = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    // No shuffle, which has no seed; no yield of its own, which waits for a frame.
    const options = { batchSize: 128, epochs: 1, shuffle: false, yieldEvery: 'never' } as const;
    const { history } = await model.fit(xs, ys, options);
    const measured = tf.tidy(() =>
      [model.evaluate(testXs, testYs)].flat().map((one) => one.dataSync()[0] ?? NaN),
    );
    const loss = Number(history['loss']?.[0]);
    const heldOutLoss = measured[0] ?? NaN;
    heldOutAccuracy = measured[1] ?? NaN;
    metric('training', epoch, { loss, heldOutLoss, heldOutAccuracy });
    logger.info(
      `Epoch ${epoch} of ${epochs}: loss ${loss.toFixed(3)}, held out ${heldOutLoss.toFixed(3)}`,
    );
    await progress(epoch / epochs);
  }
  model.optimizer.dispose(); // made here, so it is not the model's to free
  model.dispose();
  tf.dispose([xs, ys, testXs, testYs]);
  return heldOutAccuracy;
});

export default flow(
  {
    name: 'tfjs-layers',
    logPrints: true,
    parameters: { epochs: integer({ default: 6, min: 1, max: 100 }) },
  },
  async ({ epochs }) => {
    const accuracy = await train(await extract(), epochs);
    console.log(`A Layers model of two dense layers: held-out accuracy ${accuracy.toFixed(3)}`);
  },
);
