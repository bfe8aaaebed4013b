import { describe, expect, it } from 'vitest';
import { flow, logger, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { retrainSentiment, sourceText } from '#tests/support/sample-sources.ts';
import { quality } from '#tests/support/small-ml.ts';

describe('the built-in flow', () => {
  it('logs line by line as in the tutorial', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const { name } = view.created;
    expect(await rig.said(view.created.flowRunId)).toEqual([
      `INFO    | nightshift.engine - Created flow run '${name}' for flow 'retrain-sentiment'`,
      `INFO    | Task run 'extract-0' - Finished in state Completed()`,
      `INFO    | Task run 'train-0' - Finished in state Completed()`,
      `INFO    | Task run 'evaluate-0' - Finished in state Completed()`,
      `INFO    | Task run 'promote-0' - Finished in state Promoted(type=COMPLETED)`,
      `INFO    | Flow run '${name}' - promoted (acc=0.928)`,
      `INFO    | Flow run '${name}' - Finished in state Completed()`,
    ]);
  });

  it('shows the lines live in the order in which they are kept', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const history = await rig.engine.runHistory(view.created.flowRunId);
    expect(rig.feed.lines).toEqual(history?.lines);
  });

  it('C01 takes each task through Pending, Running and Completed', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    expect(statesOf(view)).toBe('Pending > Running > Completed');
    expect(view.taskRuns.map((one) => `${one.name}: ${statesOf(one)}`)).toEqual([
      'extract-0: Pending > Running > Completed',
      'train-0: Pending > Running > Completed',
      'evaluate-0: Pending > Running > Completed',
      'promote-0: Pending > Running > Promoted',
    ]);
  });

  it('knows which results went into which task', async () => {
    const rig = await rigFor(retrainSentiment);
    const view = await rig.run();
    const edges = view.taskRuns.map(({ name, dependsOn }) => {
      const from = dependsOn.map((id) => view.taskRuns.find((one) => one.id === id)?.name);
      return `${name} < ${from.join(', ')}`;
    });
    expect(edges).toEqual([
      'extract-0 < ',
      'train-0 < extract-0',
      'evaluate-0 < train-0, extract-0',
      'promote-0 < train-0, evaluate-0',
    ]);
  });

  it('ends Completed when the gate says no, and nothing is saved', async () => {
    const rig = await rigFor(retrainSentiment);
    quality.accuracy = 0.806;
    const view = await rig.run().finally(() => (quality.accuracy = 0.928));
    expect(view.state.name).toBe('Completed');
    expect(statesOf(taskRunIn(view, 'promote-0'))).toBe('Pending > Running > Rejected');
    expect(view.verdict?.verdict.summary).toBe('rejected (acc=0.806 < 0.9)');
    expect(await rig.engine.champion('sentiment')).toBeUndefined();
    expect((await rig.said(view.created.flowRunId)).at(-2)).toContain('rejected (acc=0.806 < 0.9)');
  });
});

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

  it('does not wait for a sleep that nobody waits for', async () => {
    const rig = await rigFor(
      sourceText(`export default flow('f', async () => { void sleep(3600); return 1; });`),
    );
    const view = await rig.run();
    expect(view.state.name).toBe('Completed');
    expect((view.endedAt ?? Infinity) - view.createdAt).toBe(0);
  });
});

describe('the author code of a run', () => {
  it('C39 prints into the log with logPrints, and tasks inherit it unless they say otherwise', async () => {
    const rig = await rigFor(
      sourceText(`
        const inherits = task('inherits', () => { console.log('from', { a: 1 }); console.warn('careful'); });
        const optsOut = task({ name: 'opts-out', logPrints: false }, () => console.log('unheard'));
        export default flow({ name: 'f', logPrints: true }, async () => {
          console.log('body', new Error('x'));
          await inherits();
          await optsOut();
        });`),
    );
    const view = await rig.run();
    const said = await rig.said(view.created.flowRunId);
    expect(said.filter((line) => !/Finished|Created/.test(line))).toEqual([
      `INFO    | Flow run '${view.created.name}' - body Error: x`,
      `INFO    | Task run 'inherits-0' - from {"a":1}`,
      `WARNING | Task run 'inherits-0' - careful`,
    ]);
  });

  it('C39 can opt in to prints in a task alone', async () => {
    const rig = await rigFor(
      sourceText(`
        const optsIn = task({ name: 'opts-in', logPrints: true }, () => console.log('heard'));
        export default flow('f', async () => { console.log('unheard'); await optsIn(); });`),
    );
    const view = await rig.run();
    const said = (await rig.said(view.created.flowRunId)).join('\n');
    expect(said).toContain("Task run 'opts-in-0' - heard");
    expect(said).not.toContain('unheard');
  });

  it('has the same chance for the same seed, another for each task run and attempt', async () => {
    const files = sourceText(`
      const draw = task('draw', () => Math.random());
      export default flow('f', async () => [Math.random(), await draw(), await draw()].join());`);
    const drawn = async (seed: number) => {
      const rig = await rigFor(files);
      const view = await rig.run({ seed });
      return view.taskRuns.map(({ result }) => result?.label);
    };
    expect(await drawn(7)).toEqual(await drawn(7));
    expect(new Set([...(await drawn(7)), ...(await drawn(8))]).size).toBe(4);
  });

  it('reads the instant of the last message in a flow body', async () => {
    const rig = await rigFor(
      sourceText(`
        export default flow('f', async () => {
          const start = Date.now();
          await sleep(90);
          logger.info(String(Date.now() - start) + ' ' + (new Date().getTime() - start));
        });`),
    );
    const view = await rig.run();
    expect((await rig.said(view.created.flowRunId)).join()).toContain('90000 90000');
  });

  it('knows who and where it is', async () => {
    const rig = await rigFor(
      sourceText(`
        const who = task({ name: 'who', retries: 1 }, () => {
          const { name, attempt, taskRunId } = context.task;
          if (attempt === 1) throw new Error('again');
          return [name, attempt, taskRunId === context.flowRunId + '/1/who-0', context.seed].join();
        });
        export default flow({ name: 'f', parameters: { share: number({ default: 0.5 }) } }, async ({ share }) => {
          logger.info(await who() + ' ' + share + ' ' + context.parameters.share + ' ' + context.task);
        });`),
    );
    const view = await rig.run({ parameters: { share: 0.25 } });
    expect((await rig.said(view.created.flowRunId)).join()).toContain(
      'who,2,true,7 0.25 0.25 undefined',
    );
  });

  it('may be spread over several files', async () => {
    const [main] = sourceText(`
      import { double } from './double.ts';
      const twice = task('twice', double);
      export default flow('f', () => twice(21));`);
    const rig = await rigFor([
      main!,
      { name: 'double.ts', text: 'export const double = (n: number): number => 2 * n;' },
    ]);
    expect(taskRunIn(await rig.run(), 'twice-0').result?.label).toBe('42');
  });
});
