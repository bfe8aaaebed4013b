import { expect, test, type Page } from '@playwright/test';
import { endOf, messagesOf, openWithEngine, startedRun } from '#tests/support/console-api.ts';
import { startProbe, type ProbeServer } from '#tests/support/probe-server.ts';

let probe: ProbeServer;

test.beforeEach(async () => {
  probe = await startProbe();
});
test.afterEach(() => probe.close());

/** Tries every way out that a worker has; says how each ended. Runs as flow body and as task. */
const escapes = (port: number, own: string) => `
const scope = globalThis as any;
const seen = (text: string) => text.slice(0, 60);
async function attempt(name: string, body: () => unknown): Promise<string> {
  try {
    const got = await Promise.race([body(), new Promise((r) => setTimeout(() => r('nothing came'), 400))]);
    return name + ': ' + seen(String(got));
  } catch (error) {
    return name + ' refused: ' + seen(String(error));
  }
}
async function tryEverything(where: string): Promise<string[]> {
  const foreign = 'http://127.0.0.1:${port}/' + where;
  const own = '${own}';
  return [
    await attempt('fetch', () => scope.fetch(foreign + '-fetch')),
    await attempt('no-cors', () => scope.fetch(foreign + '-no-cors', { mode: 'no-cors' })),
    await attempt('own origin', () => scope.fetch(own + 'index.html').then(() => 'LEAK own origin')),
    await attempt('xhr', () => new Promise((ok, no) => { const x = new scope.XMLHttpRequest(); x.onload = () => ok('LEAK'); x.onerror = no; x.open('GET', foreign + '-xhr'); x.send(); })),
    await attempt('websocket', () => new Promise((ok, no) => { const s = new scope.WebSocket('ws://127.0.0.1:${port}/ws'); s.onopen = () => ok('LEAK'); s.onerror = no; })),
    await attempt('eventsource', () => new Promise((ok, no) => { const s = new scope.EventSource(foreign + '-es'); s.onopen = () => ok('LEAK'); s.onerror = no; })),
    await attempt('importScripts', () => (scope.importScripts(foreign + '-is'), 'LEAK')),
    await attempt('worker', () => new Promise((ok, no) => { const w = new scope.Worker(foreign + '-w'); w.onerror = no; w.onmessage = () => ok('LEAK'); })),
    await attempt('eval', () => scope.eval('"LEAK eval"')),
    await attempt('Function', () => scope.Function('return import("' + foreign + '-import")')()),
    await attempt('import by blob', () => scope.eval('import("' + foreign + '-blob")')),
    await attempt('indexedDB', () => new Promise((ok, no) => { const r = scope.indexedDB.open('nightshift'); r.onsuccess = () => ok('LEAK db'); r.onerror = () => no(r.error); })),
    await attempt('caches', async () => 'LEAK ' + (await scope.caches.keys())),
    await attempt('locks', async () => 'LEAK ' + JSON.stringify(await scope.navigator.locks.query())),
    await attempt('opfs', async () => 'LEAK ' + (await scope.navigator.storage.getDirectory())),
    await attempt('cookie', () => (scope.document ? 'LEAK document' : 'no document')),
    await attempt('beacon', () => (scope.navigator.sendBeacon ? 'LEAK ' + scope.navigator.sendBeacon(foreign) : 'none')),
    await attempt('font', () => new scope.FontFace('x', 'url(' + foreign + '-font)').load().then(() => 'LEAK')),
  ];
}
`;

const flowOf = (body: string) => `
import { flow, task } from 'nightshift';
${body}
`;

async function reportOf(page: Page, source: string): Promise<readonly string[]> {
  return messagesOf(await endOf(page, await startedRun(page, { source })));
}

test('author code reaches no network, no storage and no other origin, from flow bodies and tasks', async ({
  page,
}) => {
  await openWithEngine(page);
  const source = flowOf(`
${escapes(probe.port, page.url().replace(/#.*/, ''))}
const inTask = task('in-task', async () => { for (const line of await tryEverything('task')) console.log(line); });
export default flow({ name: 'hostile', logPrints: true }, async () => {
  for (const line of await tryEverything('flow')) console.log(line);
  await inTask();
});`);
  const report = await reportOf(page, source);
  expect(report.filter((line) => /^(fetch|eval|indexedDB|worker)/.test(line))).toHaveLength(8);
  expect(report.filter((line) => line.includes('LEAK'))).toEqual([]);
  expect(probe.hits).toEqual([]);
});

test('imports of addresses are refused before anything runs', async ({ page }) => {
  await openWithEngine(page);
  for (const line of [
    `import x from 'http://127.0.0.1:${probe.port}/x.js';`,
    `const x = await import('http://127.0.0.1:${probe.port}/y.js');`,
    `const where = 'http://127.0.0.1:${probe.port}/z.js'; const x = await import(where);`,
  ]) {
    const source = flowOf(
      `${line}\nexport default flow('imports', async () => { console.log(x); });`,
    );
    await expect(startedRun(page, { source })).rejects.toThrow(/import/i);
  }
  expect(probe.hits).toEqual([]);
});

test('messages forged on the ports of an author worker change nothing in engine and page', async ({
  page,
}) => {
  await openWithEngine(page);
  const source = flowOf(`
const ports = new Set<MessagePort>();
const original = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (this: MessagePort, ...args: any[]) {
  ports.add(this);
  return (original as any).apply(this, args);
};
const forged = [
  null, 'text', 42, { id: 'x' }, { id: 1, request: { method: 'dropAll' } },
  { id: 2, request: { method: 'getValue', hash: '../../secrets' } },
  { id: 3, request: JSON.parse('{"method":"lines","lines":[],"__proto__":{"polluted":1}}') },
  { id: 'a', type: 'SET', path: ['__proto__', 'polluted'], value: { type: 'RAW', value: 'yes' } },
  { id: 'b', type: 'CONSTRUCT', path: ['constructor', 'constructor'], argumentList: [{ type: 'RAW', value: 'self.polluted = 1' }] },
  { id: 'c', type: 'APPLY', path: [], argumentList: [] },
  { id: 'd', type: 'HANDLER', name: 'proxy', value: {} },
];
const forge = task('forge', () => {
  console.log('before');
  return new Promise((done) => setTimeout(() => {
    for (const port of ports) for (const message of forged) { try { (original as any).call(port, message); } catch {} }
    for (const message of forged) { try { (globalThis as any).postMessage(message); } catch {} }
    setTimeout(() => done(ports.size), 200);
  }, 50));
});
export default flow({ name: 'forger', logPrints: true }, async () => { console.log('ports', await forge()); });`);
  const report = await reportOf(page, source);
  expect(report.some((line) => /^ports [1-9]/.test(line))).toBe(true);
  expect(await page.evaluate(() => 'polluted' in {} || 'polluted' in globalThis)).toBe(false);
  for (const worker of page.workers())
    expect(await worker.evaluate(() => 'polluted' in {} || 'polluted' in globalThis)).toBe(false);
  const next = await endOf(page, await startedRun(page));
  expect(next.record.state.name).toBe('Completed');
});

test('the engine itself can neither eval nor reach another origin', async ({ page }) => {
  await openWithEngine(page);
  const engine = page.workers().find((worker) => worker.url().startsWith('blob:'));
  if (!engine) throw new Error('The engine worker was not found.');
  // What the test's own connection evaluates is let through; a timer's callback is judged like the engine's code.
  const answers = await engine.evaluate(
    (address) =>
      new Promise<string[]>((done) => {
        setTimeout(async () => {
          const attempt = async (body: () => unknown) => {
            try {
              return `did ${String(await body())}`;
            } catch {
              return 'refused';
            }
          };
          done([
            await attempt(() => globalThis.eval('1')),
            await attempt(() => new Function('return 1')()),
            await attempt(() => fetch(address)),
          ]);
        }, 0);
      }),
    `http://127.0.0.1:${probe.port}/engine`,
  );
  expect(answers).toEqual(['refused', 'refused', 'refused']);
  expect(probe.hits).toEqual([]);
});
