import { expect, test } from '@playwright/test';
import { historyOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';

const source = `
import { flow, task } from 'nightshift';
const spin = task({ name: 'spin', recoveries: 0 }, () => { for (;;); });
export default flow('spinner', async () => { await spin(); });
`;

test('@all a task that never yields and has no timeout is ended as unresponsive', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await openWithEngine(page);
  const id = await startedRun(page, { source });
  await expect
    .poll(async () => (await historyOf(page, id)).record.active, { timeout: 150_000 })
    .toBe(0);
  const { events } = await historyOf(page, id);
  const states = events.flatMap(({ body }) => (body.kind === 'task-run.state' ? [body.state] : []));
  expect(states.at(-1)).toMatchObject({ type: 'CRASHED' });
  expect(states.at(-1)?.message).toContain('worker unresponsive');
});
