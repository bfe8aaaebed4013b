import { boolean, flow, number, task } from 'nightshift';
import { type Dataset, gate, loadDataset, SentimentModel } from 'nightshift/ml';

const extract = task({ name: 'extract', retries: 2, retryDelaySeconds: 5 }, () =>
  loadDataset('reviews'),
);

const train = task('train', ({ train }: Dataset) => SentimentModel.fit(train));

const evaluate = task('evaluate', (model: SentimentModel, { test }: Dataset) =>
  model.accuracy(test),
);

const promote = task(
  'promote',
  async (
    model: SentimentModel,
    accuracy: number,
    { test }: Dataset,
    { threshold, onlyIfBetter }: { threshold: number; onlyIfBetter: boolean },
  ) => {
    const verdict = await gate({
      accuracy: { atLeast: threshold },
      betterThan: onlyIfBetter ? 'champion' : undefined,
    }).decide(
      { accuracy },
      { challenger: model, champion: await SentimentModel.load('sentiment'), heldOut: test },
    );
    if (verdict.promoted) await model.save('sentiment');
    return verdict.summary;
  },
);

export default flow(
  {
    name: 'retrain-sentiment',
    logPrints: true,
    parameters: {
      threshold: number({ default: 0.9, min: 0, max: 1 }),
      onlyIfBetter: boolean({ default: false }),
    },
  },
  async (parameters) => {
    const data = await extract();
    const model = await train(data);
    const accuracy = await evaluate(model, data);
    console.log(await promote(model, accuracy, data, parameters));
  },
);
