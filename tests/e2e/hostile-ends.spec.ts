import { expect, test, type Page } from '@playwright/test';
import type { FlowRunId } from '#domain/ids.ts';
import {
  ended,
  historyOf,
  openWithEngine,
  startedRun,
  startRun,
} from '#tests/support/console-api.ts';
import { survive, toldBy, viewOf } from '#tests/support/hostile-run.ts';

test.beforeEach(({ page }) => openWithEngine(page));

const LOOP = 'for (;;);';
const NEVER = 'await new Promise(() => undefined);';

const inTask = (body: string, options = ''): string => `
import { flow, task } from 'nightshift';
const stuck = task({ name: 'stuck', recoveries: 0, ${options} }, async () => { ${body} });
export default flow('hangs', async () => { await stuck(); });
`;
const inBody = (body: string, options = ''): string => `
import { flow } from 'nightshift';
export default flow({ name: 'hangs', ${options} }, async () => { ${body} });
`;

for (const [what, body] of [
  ['loops without end', LOOP],
  ['waits for what never comes', NEVER],
] as const) {
  test(`a task that ${what} is ended by its timeout`, async ({ page }) => {
    const run = await survive(page, inTask(body, 'timeoutSeconds: 1'));
    expect(run.view.taskRuns[0]?.state).toMatchObject({
      name: 'TimedOut',
      message: 'Task run exceeded timeout of 1 second(s)',
    });
    expect(run.view.state.type).toBe('FAILED');
  });

  test(`a flow body that ${what} is ended by its timeout`, async ({ page }) => {
    const run = await survive(page, inBody(body, 'timeoutSeconds: 1'));
    expect(run.view.state).toMatchObject({
      name: 'TimedOut',
      message: 'Flow run exceeded timeout of 1 second(s)',
    });
  });

  for (const [where, source] of [
    ['task', inTask(body)],
    ['flow body', inBody(body)],
  ] as const)
    test(`${body === NEVER ? '@all ' : ''}a ${where} that ${what} is ended by a person`, async ({
      page,
    }) => {
      const run = await survive(page, source, (id) => cancel(page, id, where === 'task' ? 1 : 0));
      expect(run.view.state).toMatchObject({ type: 'CANCELLED', message: 'enough' });
      for (const taskRun of run.view.taskRuns) expect(taskRun.state.type).toBe('CANCELLED');
    });
}

/** Once as many attempts are on. */
async function cancel(page: Page, id: FlowRunId, attempts: number): Promise<void> {
  const running = async () => {
    const { state, taskRuns } = viewOf(await historyOf(page, id));
    const on = taskRuns.filter((one) => one.state.type === 'RUNNING').length;
    return state.type === 'RUNNING' && on === attempts;
  };
  await expect.poll(running).toBe(true);
  await page.evaluate((one) => globalThis.nightshift?.engine.cancelRun(one, 'enough'), id);
}

test('@all a flow body that loops without end is given up as unresponsive, taken up once, and ends Crashed', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const run = await survive(page, inBody(LOOP));
  expect(run.view.state).toMatchObject({
    type: 'CRASHED',
    message: 'The attempt was lost: worker unresponsive; 1 recoveries are used',
  });
});

for (const [what, top, told] of [
  ['loops without end', LOOP, /still loading after 10 seconds: look for a loop or an await/],
  [
    'waits for what never comes',
    NEVER,
    /still loading after 10 seconds: look for a loop or an await/,
  ],
  ['throws', `throw new Error('not today');`, /The source did not load: Error: not today/],
  ['throws nothing', `throw undefined;`, /The source did not load: Thrown: undefined/],
  ['closes its worker', `(globalThis as any).close();`, /A worker does not close itself/],
] as const)
  test(`${top === NEVER || what === 'throws nothing' ? '@all ' : ''}a module that ${what} while it loads is refused, and Run can be pressed again`, async ({
    page,
  }) => {
    const source = page.getByRole('textbox', { name: 'Flow source, TypeScript' });
    const kept = await source.inputValue();
    await source.fill(`${top}\n${inTask('')}`);
    const button = page.getByRole('button', { name: /^Run/ });
    await button.click();
    const alert = page.getByText(/^Not started/);
    await expect(alert).toContainText(told, { timeout: 40_000 });
    await expect(button).toBeEnabled();
    await source.fill(kept);
    await button.click();
    await expect(page.getByText(/^Next try in \d/)).toBeVisible();
    expect(await page.evaluate(() => globalThis.nightshift?.engine.runs(5))).toHaveLength(1);
  });

test('a task that closes its worker fails in words', async ({ page }) => {
  const run = await survive(page, inTask('(globalThis as any).close();'));
  expect(toldBy(run)[0]).toMatch(/A worker does not close itself: return or throw instead/);
});

/** In the sandboxed frame, where no worker can be started any more. */
const breakFrame = (page: Page) =>
  page.frames()[1]?.evaluate(() => {
    const kept = globalThis.Worker;
    function broken(): never {
      throw new Error('no more workers');
    }
    const mend = () => Object.assign(globalThis, { Worker: kept });
    Object.assign(globalThis, { Worker: broken, mend });
  });
const mendFrame = (page: Page) =>
  page.frames()[1]?.evaluate(() => (globalThis as unknown as { mend(): void }).mend());

test('where no worker starts, a run is refused in words, and runs once one does', async ({
  page,
}) => {
  await breakFrame(page);
  // One was started before, and is kept warm.
  await startRun(page, { source: inBody('') });
  const start = await startRun(page, { source: inBody('') });
  expect(start).toMatchObject({
    ok: false,
    problems: [
      { message: 'The source could not be loaded: worker did not start. Press Run again.' },
    ],
  });
  await mendFrame(page);
  await survive(page, inBody(''));
});

test('a task whose workers do not start ends Crashed, and gives its place back', async ({
  page,
}) => {
  await survive(page, inBody(''));
  await breakFrame(page);
  // Its body takes the worker that is kept warm; there is none for its tasks.
  const id = await startedRun(page, {
    source: `
import { flow, task } from 'nightshift';
const one = task('one', () => 1);
export default flow('unmanned', async () => { await Promise.all([one(), one()]); });
`,
  });
  await ended(page, id);
  const view = viewOf(await historyOf(page, id));
  expect(view.taskRuns[0]?.state.message).toBe(
    'The attempt was lost: worker did not start; 3 recoveries are used',
  );
  expect(view.state.type).toBe('FAILED');
  await mendFrame(page);
  await survive(page, inBody(''));
});
