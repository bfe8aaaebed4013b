import { artifact, flow, integer, number, task, unmapped } from 'nightshift';
import { crossValidate, type Dataset, gate, loadDataset, SentimentModel } from 'nightshift/ml';

const SETTINGS = [
  { smoothing: 1, iterations: 20 },
  { smoothing: 2, iterations: 20 },
  { smoothing: 4, iterations: 20 },
  { smoothing: 2, iterations: 40 },
];
type Settings = (typeof SETTINGS)[number];

const extract = task({ name: 'extract', retries: 2, retryDelaySeconds: 5 }, () =>
  loadDataset('reviews'),
);

/** Only the training side is asked, so the held-out rows stay unseen by whoever picks. */
const tryOut = task('try-out', async ({ train }: Dataset, settings: Settings, folds: number) => {
  const { accuracy } = await crossValidate(train, { ...settings, folds });
  return { ...settings, accuracy };
});

const pick = task('pick', async (tried: readonly (Settings & { accuracy: number })[]) => {
  const best = tried.reduce((most, one) => (one.accuracy > most.accuracy ? one : most));
  await artifact.table(
    tried.map((one) => ({ ...one, picked: one === best })),
    { key: 'settings', description: 'Accuracy cross-validated on the training side.' },
  );
  return { smoothing: best.smoothing, iterations: best.iterations };
});

const train = task('train', ({ train }: Dataset, settings: Settings) =>
  SentimentModel.fit(train, settings),
);

const decide = task('decide', async (model: SentimentModel, { test }: Dataset, atLeast: number) => {
  await model.accuracy(test);
  await model.save('sentiment', { alias: 'challenger' });
  const champion = await SentimentModel.load('sentiment');
  const verdict = await gate({ accuracy: { atLeast }, betterThan: 'champion' }).decide(
    model,
    champion,
    test,
  );
  if (verdict.promoted) await model.save('sentiment');
  return verdict.summary;
});

export default flow(
  {
    name: 'champion-challenger',
    logPrints: true,
    parameters: {
      threshold: number({ default: 0.9, min: 0, max: 1 }),
      folds: integer({ default: 5, min: 2, max: 10 }),
    },
  },
  async ({ threshold, folds }) => {
    const data = await extract();
    const tried = tryOut.map(unmapped(data), SETTINGS, unmapped(folds));
    const model = await train(data, await pick(await Promise.all(tried)));
    console.log(await decide(model, data, threshold));
  },
);
