import { expect, test } from '@playwright/test';
import { openWithEngine } from '#tests/support/console-api.ts';
import { survive, toldBy } from '#tests/support/hostile-run.ts';

test.beforeEach(({ page }) => openWithEngine(page));

const TOO_LONG =
  /it is 20\d MB long or more, and 64 MB is the limit; pass on less, or a dataset or model/;

test('results and arguments of 200 MB are refused before they are sent', async ({ page }) => {
  const run = await survive(
    page,
    `import { flow, task } from 'nightshift';
    const big = task('big', () => new Uint8Array(200 * 1024 * 1024));
    const list = task('list', () => Array.from({ length: 200 }, () => 'x'.repeat(1024 * 1024)));
    const takes = task('takes', (bytes: Uint8Array) => bytes.length);
    export default flow('large', async () => {
      await big.returnState();
      await list.returnState();
      await takes(new Uint8Array(200 * 1024 * 1024));
    });`,
  );
  const [big, list, ...others] = run.view.taskRuns;
  expect(others).toEqual([]);
  expect(big?.failure).toMatchObject({ kind: 'cannot-encode', path: 'The result of big-0' });
  expect(big?.state.message).toMatch(TOO_LONG);
  expect(list?.state.message).toMatch(/^The result of list-0 .* it is 65 MB long or more/);
  expect(run.view.failure).toMatchObject({
    kind: 'cannot-encode',
    path: 'The arguments of takes',
  });
  expect(run.view.state.message).toMatch(TOO_LONG);
});

test('whatever is thrown ends as a failure in words', async ({ page }) => {
  const run = await survive(
    page,
    `import { flow, task } from 'nightshift';
    const hurt = () => { throw new Error('gotcha'); };
    const thrown: Record<string, () => unknown> = {
      none: () => null,
      nothing: () => undefined,
      symbol: () => Symbol('odd'),
      proxy: () => new Proxy({}, { get: hurt, getPrototypeOf: hurt, ownKeys: hurt }),
      getters: () => ({ get message() { return hurt(); }, toJSON: hurt, get [Symbol.toStringTag]() { return hurt(); } }),
      long: () => new Error('x'.repeat(10 * 1024 * 1024)),
    };
    const tasks = Object.entries(thrown).map(([name, make]) => task(name, () => { throw make(); }));
    export default flow('throws', async () => {
      for (const one of tasks) await one.returnState();
      throw thrown.proxy();
    });`,
  );
  const told = run.view.taskRuns.map(
    ({ name, state }) => `${name}: ${state.message?.slice(0, 70)}`,
  );
  expect(told).toEqual([
    'none-0: Thrown: null',
    'nothing-0: Thrown: undefined',
    'symbol-0: Thrown: Symbol(odd)',
    'proxy-0: Thrown: something that throws when it is looked at',
    'getters-0: Thrown: an object that cannot be shown',
    `long-0: Error: ${'x'.repeat(63)}`,
  ]);
  expect(run.view.taskRuns.at(-1)?.state.message).toContain('… (10,485,760 characters)');
  expect(toldBy(run)[1]).toContain('something that throws when it is looked at');
});

/** A task that answers the engine's call itself, before its runner does. */
const forged = (reply: string): string => `
import { flow, task } from 'nightshift';
const send = MessagePort.prototype.postMessage;
let calls: MessagePort | undefined;
let call: unknown;
MessagePort.prototype.postMessage = function (this: MessagePort, message: any, ...rest: any[]) {
  if (!calls && message?.id && 'type' in message) {
    calls = this;
    this.addEventListener('message', ({ data }) => { call = data.id; });
  }
  return send.call(this, message, ...rest);
};
const lies = task('lies', async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  send.call(calls, { id: call, ...${reply} });
  return new Promise(() => undefined);
});
export default flow('forged', async () => { await lies(); });
`;

for (const [what, reply, message] of [
  [
    'of no known shape',
    `{ type: 'RAW', value: { ok: true, value: 'text', label: 1 } }`,
    /UnreadableReply: lies-0: /,
  ],
  [
    'that throws',
    `{ type: 'HANDLER', name: 'throw', value: { isError: true, value: { message: 'forged', name: 'X', stack: '' } } }`,
    /UnreadableReply: .*forged/,
  ],
  ['of an unknown kind', `{ type: 'HANDLER', name: 'proxy', value: null }`, /UnreadableReply: /],
] as const)
  test(`an answer ${what} over the calls port fails the task that gave it`, async ({ page }) => {
    const run = await survive(page, forged(reply));
    expect(toldBy(run)[0]).toMatch(message);
  });
