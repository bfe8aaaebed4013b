import { describe, expect, it } from 'vitest';
import type { Hasher } from '#domain/ports.ts';
import { flow, logger, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, scriptedRig, taskRunIn } from '#tests/support/engine-rig.ts';
import { retrainSentiment, sourceText } from '#tests/support/sample-sources.ts';
import { sha256 } from '#tests/support/small-ports.ts';

describe('a flow run', () => {
  it('C26 ends Failed when a task fails and nobody catches it', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const broken = task('broken', () => {
          throw new RangeError('Test');
        });
        return flow('f', () => broken());
      }),
    );
    const view = await rig.run();
    expect(view.state).toMatchObject({
      type: 'FAILED',
      name: 'Failed',
      message: 'Flow run encountered an exception: RangeError: Test',
    });
    expect(taskRunIn(view, 'broken-0').state.message).toBe('RangeError: Test');
  });

  it('C25 ends Completed when its body catches the failure of a task', async () => {
    const caught: unknown[] = [];
    const rig = await rigFor(
      sourceOf(() => {
        const broken = task('broken', () => {
          throw new RangeError('Test');
        });
        return flow('f', async () => {
          await broken().catch((error: unknown) => caught.push(error));
          return 'bar';
        });
      }),
    );
    const view = await rig.run();
    expect(view.state.name).toBe('Completed');
    expect(taskRunIn(view, 'broken-0').state.name).toBe('Failed');
    expect(caught.map(String)).toEqual(['RangeError: Test']);
  });

  it('ends Failed when its body throws, with the place in the source', async () => {
    const rig = await rigFor(
      sourceText(`export default flow('f', async () => {\n  throw new TypeError('oops');\n});`),
    );
    const view = await rig.run();
    expect(view.failure).toMatchObject({
      kind: 'exception',
      name: 'TypeError',
      position: { file: 'flow.ts', line: 3, column: 9 },
    });
  });

  it('counts tasks by name in the order of the calls, however long their arguments take', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const first = task('same', (values: { length: number }) => values.length);
        const other = task('other', (value: number) => value);
        return flow('f', () =>
          Promise.all([first(new Uint8Array(100_000)), other(1), first([1]), first({ length: 7 })]),
        );
      }),
      { poolSize: 4 },
    );
    const view = await rig.run();
    const results = view.taskRuns.map(({ name, result }) => `${name}: ${result?.label}`);
    expect(results).toEqual(['same-0: 100000', 'other-0: 1', 'same-1: 1', 'same-2: 7']);
  });

  it('gives its tasks as many workers at a time as there are places', async () => {
    let running = 0;
    let most = 0;
    const rig = await rigFor(
      sourceOf(() => {
        const busy = task('busy', async () => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running--;
        });
        return flow('f', () => Promise.all(Array.from({ length: 7 }, () => busy())));
      }),
      { poolSize: 3 },
    );
    expect((await rig.run()).state.name).toBe('Completed');
    expect(most).toBe(3);
    expect(rig.workers.alive.size).toBe(0);
  });

  it('leaves no worker behind', async () => {
    const rig = await rigFor(retrainSentiment);
    await rig.run();
    expect(rig.workers.alive.size).toBe(0);
    expect(rig.workers.opened).toBe(2);
  });

  it('passes on what the results of tasks are, references included', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const give = task('give', () => new Map([['a', new Set([1, undefined])]]));
        const take = task('take', (map: Map<string, Set<unknown>>) => [...(map.get('a') ?? [])]);
        return flow('f', async () => {
          const values = await take(await give());
          logger.info(`${values.length} values, the second is ${String(values[1])}`);
        });
      }),
    );
    const view = await rig.run();
    expect((await rig.said(view.created.flowRunId)).join()).toContain(
      '2 values, the second is undefined',
    );
  });

  it('fails the task whose result cannot be kept, with the path to it', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const bad = task('bad', () => ({ rows: [() => 1] }) as never);
        return flow('f', () => bad());
      }),
    );
    const view = await rig.run();
    expect(taskRunIn(view, 'bad-0').state.message).toBe(
      'The result of bad-0.rows[0] cannot be stored or sent: a function cannot leave its worker; return data instead',
    );
  });

  it('says so when a task calls a task', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const inner = task('inner', () => 1);
        const outer = task('outer', () => inner());
        return flow('f', () => outer());
      }),
    );
    expect((await rig.run()).state.message).toContain("Task 'outer' called task 'inner'");
  });

  it('ends what it started and did not wait for', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const endless = task('endless', () => new Promise<never>(() => undefined));
        return flow('f', () => {
          void endless();
          void endless();
          return 'done';
        });
      }),
    );
    const view = await rig.run();
    await rig.clock.settle();
    const after = await rig.view(view.created.flowRunId);
    expect(after.state.name).toBe('Completed');
    expect(after.lastSeq).toBe(view.lastSeq);
    for (const one of after.taskRuns) expect(one.state.name).toBe('Cancelled');
  });

  it('starts nothing that was called too late to be taken', async () => {
    const slow: Hasher = {
      async hash(bytes) {
        for (let turns = 0; turns < 20; turns++)
          await new Promise((resolve) => setImmediate(resolve));
        return sha256.hash(bytes);
      },
    };
    const { rig } = await scriptedRig(
      {
        tasks: { late: {} },
        async body(flow) {
          void flow.call('late', 'argument');
          return 'done';
        },
      },
      { hasher: slow },
    );
    const view = await rig.run();
    for (let turns = 0; turns < 20; turns++) await rig.clock.settle();
    expect((await rig.view(view.created.flowRunId)).taskRuns).toEqual([]);
  });

  it('does not wait for a sleep that nobody waits for', async () => {
    const rig = await rigFor(
      sourceText(`export default flow('f', async () => { void sleep(3600); return 1; });`),
    );
    const view = await rig.run();
    expect(view.state.name).toBe('Completed');
    expect((view.endedAt ?? Infinity) - view.createdAt).toBe(0);
  });
});
