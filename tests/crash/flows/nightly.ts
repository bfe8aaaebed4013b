import { flow, sleep, task } from 'nightshift';

const count = task({ name: 'count', retries: 1 }, () => 'counted');

/** What the schedule starts. Chance is seeded by the flow attempt: the first one fails, the second does not. */
export default flow(
  { name: 'nightly', logPrints: true, retries: 1, retryDelaySeconds: 2 },
  async () => {
    console.log(await count());
    if (Math.random() > 0.5) throw new Error('the first attempt fails');
    await sleep(1);
    return 'done';
  },
);
