import { describe, expect, it } from 'vitest';
import type { AuthorWorker, AuthorWorkers } from '#domain/ports.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { rigFor, scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

/** Each worker that is opened, as the test changes it. */
const withWorkers =
  (change: (worker: AuthorWorker, opened: number) => Partial<AuthorWorker>) =>
  (ports: EnginePorts): EnginePorts => {
    let opened = 0;
    const open: AuthorWorkers['open'] = async (program) => {
      const result = await ports.workers.open(program);
      if (!result.ok) return result;
      const { worker } = result;
      const changed = Object.assign(Object.create(worker), change(worker, opened++));
      return { ...result, worker: new Proxy(worker, { get: (_, key) => readFrom(changed, key) }) };
    };
    return { ...ports, workers: { open } };
  };

/** Private fields are those of the worker itself. */
function readFrom(changed: AuthorWorker, key: string | symbol): unknown {
  const own = Object.getOwnPropertyDescriptor(changed, key);
  const worker = Object.getPrototypeOf(changed) as AuthorWorker;
  const member: unknown = own ? own.value : Reflect.get(worker, key);
  return typeof member === 'function' ? (member.bind(worker) as unknown) : member;
}

const rejects = () => Promise.reject(new Error('the port is broken'));

describe('a worker whose port breaks', () => {
  it('is lost with its attempt: no retry is used, and the flow hears of nothing', async () => {
    const { rig } = await scriptedRig(
      {
        tasks: { extract: {} },
        body: (flow) => flow.call('extract'),
        attempt: (attempt) => attempt.returns(1),
      },
      { wrap: withWorkers((_, opened) => (opened === 1 ? { runTask: rejects } : {})) },
    );
    const view = await rig.run();
    const taskRun = taskRunIn(view, 'extract-0');
    expect(statesOf(taskRun)).toBe('Pending > Running > Recovering > Completed');
    expect(statesOf(view)).toBe('Pending > Running > Completed');
    expect((await rig.taskRunRecord(taskRun.id))?.retriesUsed).toBe(0);
  });

  it('under a flow body: the body is entered again from its journal', async () => {
    const { rig } = await scriptedRig(
      {
        tasks: { extract: {} },
        body: (flow) => flow.call('extract'),
        attempt: (attempt) => attempt.returns(1),
      },
      { wrap: withWorkers((_, opened) => (opened === 0 ? { runFlow: rejects } : {})) },
    );
    const view = await rig.run();
    expect(statesOf(view)).toBe('Pending > Running > Recovering > Completed');
    expect(rig.feed.stopped).toEqual([]);
  });

  it('under a retry condition: that gave no answer, so nothing is retried', async () => {
    const rig = await rigFor(
      sourceText(`
        const flaky = task({ name: 'flaky', retries: 1, retryConditionFn: () => true },
          () => { throw new Error('no'); });
        export default flow({ name: 'f' }, async () => { await flaky(); });`),
      { wrap: withWorkers(() => ({ callBack: rejects })) },
    );
    const view = await rig.run();
    expect(statesOf(taskRunIn(view, 'flaky-0'))).toBe('Pending > Running > Failed');
  });
});
