import { expect, test } from '@playwright/test';
import { messagesOf, openWithEngine } from '#tests/support/console-api.ts';
import { survive, toldBy } from '#tests/support/hostile-run.ts';

/** Author code that got hold of both ports of its worker. */
const captured = `
import { flow, logger, task } from 'nightshift';
const ports: { host?: MessagePort; calls?: MessagePort } = {};
const send = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (this: MessagePort, message: any, ...rest: any[]) {
  if (message?.request) ports.host = this;
  else if (message?.id && 'type' in message) ports.calls = this;
  return send.call(this, message, ...rest);
};
const capture = async () => {
  logger.info('hello');
  while (!ports.host) await new Promise((resolve) => setTimeout(resolve, 5));
};
const forever = () => new Promise(() => undefined);
`;

const oneTask = (body: string): string => `${captured}
const flood = task('flood', async () => { ${body} });
export default flow('floods', async () => { await flood(); });
`;

const FLOOD = /MessageFlood: its worker sent far more messages than it waited for answers to/;

test.beforeEach(({ page }) => openWithEngine(page));

for (const [what, body] of [
  [
    'progress without end over the host port',
    `await capture();
     for (let id = 1000; id < 500_000; id++) send.call(ports.host, { id, request: { method: 'progress', fraction: 0.5 } });
     await forever();`,
  ],
  [
    'lines without waiting for credits',
    `await capture();
     const lines = Array.from({ length: 100 }, (_, ordinal) => ({ kind: 'log', level: 'INFO', message: 'x'.repeat(5000), ordinal }));
     for (let id = 1000; id < 1400; id++) send.call(ports.host, { id, request: { method: 'lines', lines } });
     await forever();`,
  ],
  [
    'what is no request at all',
    `await capture();
     for (let i = 0; i < 400_000; i++) send.call(ports.host, { heartbeat: true });
     await forever();`,
  ],
  [
    'answers that nobody asked for over the calls port',
    `for (let i = 0; i < 400_000; i++) send.call(ports.calls, { id: String(i), type: 'RAW', value: 1 });
     await forever();`,
  ],
] as const)
  test(`${what.includes('request') || what.includes('calls') ? '@all ' : ''}a task that floods the engine with ${what} is ended and fails by that name`, async ({
    page,
  }) => {
    const run = await survive(page, oneTask(body));
    expect(toldBy(run)).toEqual([expect.stringMatching(FLOOD), expect.stringMatching(FLOOD)]);
    expect(run.view.taskRuns[0]?.attempts).toHaveLength(1);
  });

test('a flow body that floods the engine is ended, and is not taken up again', async ({ page }) => {
  const run = await survive(
    page,
    `${captured}
    export default flow('floods', async () => {
      await capture();
      for (let id = 1000; id < 400_000; id++)
        send.call(ports.host, { id, request: { method: 'sleep', call: id, seconds: 9 } });
      await forever();
    });`,
  );
  expect(run.view.state).toMatchObject({
    type: 'FAILED',
    message: expect.stringMatching(FLOOD),
  });
  expect(run.view.states.map(({ name }) => name)).not.toContain('Recovering');
});

test('@all messages to the frame reach nobody, and do not keep a timeout from ending the task', async ({
  page,
}) => {
  const run = await survive(
    page,
    `import { flow, task } from 'nightshift';
    const flood = task({ name: 'flood', timeoutSeconds: 1 }, () => { for (;;) self.postMessage({ kind: 'dead', id: 0 }); });
    export default flow('floods', async () => { await flood(); });`,
  );
  expect(toldBy(run)[0]).toBe('Task run exceeded timeout of 1 second(s)');
});

test('a million lines in a tight loop are no flood: what is too much is dropped and said, and the log stays usable', async ({
  page,
}) => {
  const run = await survive(
    page,
    `import { flow, logger, task } from 'nightshift';
    const talks = task('talks', () => { for (let i = 0; i < 1_000_000; i++) logger.info('line ' + i); });
    export default flow('talks', async () => { await talks(); });`,
  );
  expect(run.view.state.name).toBe('Completed');
  const said = messagesOf(run.history);
  expect(said.filter((text) => text.startsWith('line '))).toHaveLength(50_000);
  expect(said).toContainEqual(expect.stringMatching(/^950000 lines were dropped/));
  await page.goto(`./#/runs/${run.history.record.id}`);
  await page.getByRole('searchbox', { name: 'Find in the logs' }).fill('line 49999');
  await expect(
    page.getByRole('region', { name: 'Log lines' }).getByText('line 49999'),
  ).toBeVisible();
});

test('@all lines that come slower than they are kept are bounded too, and the run says how many it lacks', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const run = await survive(
    page,
    `import { flow, logger, task } from 'nightshift';
    const talks = task('talks', async () => {
      for (let i = 0; i < 150_000; i++) {
        logger.info('line ' + i);
        if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    export default flow('talks', async () => { await talks(); });`,
  );
  expect(run.view.state.name).toBe('Completed');
  const said = messagesOf(run.history);
  expect(said.filter((text) => text.startsWith('line ')).length).toBeLessThanOrEqual(100_000);
  expect(said.join('\n')).toMatch(/lines: \d+ were dropped|lines were dropped/);
});

test('progress that nobody awaits is no flood', async ({ page }) => {
  const run = await survive(
    page,
    `import { flow, task } from 'nightshift';
    const host = () => (globalThis as any)[Symbol.for('nightshift.author')].host();
    const reports = task('reports', () => { for (let i = 0; i < 300_000; i++) void host().progress(i / 300_000); });
    export default flow('reports', async () => { await reports(); });`,
  );
  expect(run.view.state.name).toBe('Completed');
});

test('@all calls without end that nobody awaits are refused at a hundred thousand', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const run = await survive(
    page,
    `import { flow, task } from 'nightshift';
    const noop = task('noop', () => undefined);
    export default flow('calls', async () => { for (;;) noop.submit(); });`,
  );
  expect(toldBy(run)[1]).toContain('RangeError: 100,000 calls of this flow are under way.');
});
