import type { Bench } from './report.ts';
import { timedRun } from './timed-run.ts';
import { watchLongTasks } from './long-tasks.ts';

const N = Number(process.env.N ?? 1000);
const SOURCE = `import { flow, task } from 'nightshift';
const noop = task('noop', () => undefined);
export default flow('mapped', async () => { await Promise.all(noop.map(Array.from({ length: ${N} }, (_, i) => i))); });
`;

const bench: Bench = async ({ site }) => {
  const opened = await site();
  const session = await opened.page.context().newCDPSession(opened.page);
  const replies = new Map<number, (v: any) => void>();
  const targets: any[] = [];
  session.on('Target.attachedToTarget' as any, (e: any) => targets.push(e));
  session.on('Target.receivedMessageFromTarget' as any, (e: any) => {
    const m = JSON.parse(e.message); replies.get(m.id)?.(m.result ?? m.error);
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false } as any);
  await new Promise((r) => setTimeout(r, 500));
  console.log(targets.map((t) => [t.sessionId, t.targetInfo.type, t.targetInfo.url, t.targetInfo.title]));
  let next = 1;
  const ask = (sessionId: string, method: string, params = {}) => new Promise<any>((resolve) => {
    const id = next++; replies.set(id, resolve);
    void session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method, params }) } as any);
  });
  for (const t of targets) if (t.targetInfo.type === 'worker') console.log(await ask(t.sessionId, 'HeapProfiler.collectGarbage'), await ask(t.sessionId, 'Runtime.getHeapUsage'));
  console.log(await session.send('Runtime.getHeapUsage'));
  const long = await watchLongTasks(opened.page);
  const peaks: any = {};
  let stop = false;
  const sampling = (async () => { while (!stop) { for (const t of targets) if (t.targetInfo.type === 'worker') { const r = await Promise.race([ask(t.sessionId, 'Runtime.getHeapUsage'), new Promise<any>((r) => setTimeout(() => r({}), 300))]); peaks[t.sessionId] = Math.max(peaks[t.sessionId] ?? 0, r.usedSize ?? 0); } await new Promise((r) => setTimeout(r, 500)); } })();
  const run = await timedRun(opened, { source: SOURCE });
  stop = true; await sampling;
  console.log(N, 'tasks', run.ms, 'ms', peaks);
  for (const t of targets) if (t.targetInfo.type === 'worker') { const r = await Promise.race([ask(t.sessionId, 'HeapProfiler.collectGarbage').then(() => ask(t.sessionId, 'Runtime.getHeapUsage')), new Promise((r) => setTimeout(() => r('dead'), 3000))]); console.log(t.sessionId, t.targetInfo.url, r); }
  const tasks = (await long()).map((t) => Math.round(t.ms));
  console.log('long tasks', tasks.length, 'sum', tasks.reduce((a, b) => a + b, 0), 'max', Math.max(...tasks));
  return { measurements: [] };
};
export default bench;
