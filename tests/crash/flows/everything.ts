import { context, flow, sleep, task } from 'nightshift';
import { type Dataset, gate, loadDataset, SentimentModel } from 'nightshift/ml';

/** Something of everything that the engine writes down: a crash strikes between any two of its writes. */
const extract = task({ name: 'extract', retries: 3, retryDelaySeconds: 4 }, () => {
  if (context.task?.attempt === 1) throw new Error('source unavailable');
  return loadDataset('reviews');
});

const left = task({ name: 'left', retries: 1 }, (_: Dataset) => 'left is done');
const right = task({ name: 'right', retries: 1 }, (_: Dataset) => 'right is done');
const join = task({ name: 'join', retries: 1 }, (a: string, b: string) => `${a}, ${b}`);

const broken = task('broken', (): string => {
  throw new Error('broken for good');
});

const train = task({ name: 'train', retries: 2 }, ({ train }: Dataset) =>
  SentimentModel.fit(train),
);

const evaluate = task({ name: 'evaluate', retries: 1 }, (model: SentimentModel, data: Dataset) =>
  model.accuracy(data.test),
);

const promote = task(
  { name: 'promote', retries: 2 },
  async (model: SentimentModel, accuracy: number) => {
    const verdict = await gate({ accuracy: { atLeast: 0.9 } }).decide({ accuracy });
    if (verdict.promoted) await model.save('sentiment');
    return verdict.summary;
  },
);

/** Said while nothing is written: its lines wait for a write of their own. */
async function saySomethingMeanwhile(): Promise<void> {
  await sleep(2);
  console.log('still waiting for the source');
}

export default flow({ name: 'everything', logPrints: true }, async () => {
  console.log('begins');
  const [data] = await Promise.all([extract(), saySomethingMeanwhile()]);
  console.log(await join(left.submit(data), right.submit(data)));
  await sleep(1);
  console.log('slept');
  await broken().catch((error: unknown) => console.log(String(error)));
  const model = await train(data);
  console.log(await promote(model, await evaluate(model, data)));
});
