import { describe, expect, it } from 'vitest';
import { rigFor, scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { sourceText } from '#tests/support/sample-sources.ts';
import { runsByFlow } from '#tests/support/nested-flows.ts';

const finished = async (text: string) => {
  const rig = await rigFor(sourceText(text));
  const view = await rig.run();
  const said = await rig.said(view.created.flowRunId);
  return { rig, view, said };
};

describe('a flow that calls a flow', () => {
  it('gets its result, whatever that is', async () => {
    const { rig, view, said } = await finished(`
      const child = flow({ name: 'child', parameters: { n: integer({ default: 2 }) } }, ({ n }) => new Map([['n', n]]));
      export default flow('main', async () => {
        logger.info('got ' + (await child()).get('n') + ' and ' + (await child({ n: 3 })).get('n'));
      });`);
    expect(said.join('\n')).toContain('got 2 and 3');
    expect(view.subflows).toMatchObject([
      { flowName: 'child', call: 0, state: { name: 'Completed' } },
      { flowName: 'child', call: 1, state: { name: 'Completed' } },
    ]);
    expect(rig.workers.alive.size).toBe(0);
  });

  it('says so in its log, and the subflow is a run of its own', async () => {
    const { rig, view, said } = await finished(`
      const add = task('add', (a, b) => a + b);
      const child = flow({ name: 'child', retries: 2 }, async () => { logger.info('in the subflow'); return add(1, 2); });
      export default flow({ name: 'main', logPrints: true }, async () => { console.log(await child()); });`);
    const [{ id, name }] = view.subflows as [(typeof view.subflows)[0]];
    const owner = `Flow run '${view.created.name}'`;
    expect(said).toContain(`INFO    | ${owner} - Created subflow run '${name}' for flow 'child'`);
    expect(said).toContain(`INFO    | ${owner} - 3`);
    expect(said.join()).not.toContain('in the subflow');
    const record = await rig.store.get('flowRuns', id);
    expect(record).toMatchObject({
      flowName: 'child',
      flowId: view.created.flowId,
      trigger: { kind: 'flow', flowRunId: view.created.flowRunId, flowRunName: view.created.name },
      parent: { flowRunId: view.created.flowRunId, flowAttempt: 1, call: 0 },
      policy: { retries: 2 },
      result: { label: '3' },
    });
    expect(taskRunIn(await rig.view(id), 'add-0').result?.label).toBe('3');
    expect(await rig.said(id)).toContain(`INFO    | Flow run '${name}' - in the subflow`);
  });

  it('is thrown what the subflow failed with', async () => {
    const { view, said } = await finished(`
      const broken = task('broken', () => { throw new RangeError('too deep'); });
      const child = flow('child', () => broken());
      export default flow('main', async () => {
        const state = await child.returnState();
        logger.info([state.type, state.message, state.isFailed()].join());
        await child();
      });`);
    expect(said.join('\n')).toContain(
      'FAILED,Flow run encountered an exception: RangeError: too deep,true',
    );
    expect(view.state.message).toBe('Flow run encountered an exception: RangeError: too deep');
  });

  it('gives the result of a future or a state that the subflow returned', async () => {
    const { said } = await finished(`
      const seven = task('seven', () => 7);
      const future = flow('future', () => seven.submit());
      const state = flow('state', () => seven.returnState());
      export default flow('main', async () => logger.info('sum ' + (await future() + await state())));`);
    expect(said.join('\n')).toContain('sum 14');
  });

  it('submits it and passes the future on to a task, which waits for it', async () => {
    const { rig, view } = await finished(`
      const two = task('two', () => 2);
      const child = flow('child', async () => { await sleep(60); return two(); });
      const broken = flow('broken', () => { throw new RangeError('x'); });
      const double = task('double', (n) => n instanceof Error ? n.message : 2 * n);
      export default flow('main', async () => {
        await double.submit(child.submit());
        await double.submit(broken.submit()).wait();
        return double.submit(allowFailure(broken.submit()));
      });`);
    expect(taskRunIn(view, 'double-0').result?.label).toBe('4');
    expect(taskRunIn(view, 'double-1').state).toMatchObject({
      name: 'NotReady',
      message: "Upstream task run 'broken-0' did not reach a 'COMPLETED' state.",
    });
    expect(taskRunIn(view, 'double-2').result?.label).toBe('"x"');
    expect(view.taskRuns.flatMap(({ dependsOn }) => dependsOn)).toEqual([]);
    expect((view.endedAt ?? 0) - view.createdAt).toBe(60_000);
    expect(rig.workers.alive.size).toBe(0);
  });

  it('may call one that calls another, each inside the one before', async () => {
    const { rig, view } = await finished(`
      export const grandchild = flow('grandchild', () => 'deep');
      const child = flow('child', () => grandchild());
      export default flow('main', async () => { logger.info(await child()); });`);
    expect(view.state.name).toBe('Completed');
    const { main, child, grandchild } = await runsByFlow(rig);
    expect(grandchild?.parent?.flowRunId).toBe(child?.id);
    expect(child?.parent?.flowRunId).toBe(main?.id);
    expect((await rig.view(child!.id)).subflows).toMatchObject([{ flowName: 'grandchild' }]);
    expect(view.subflows).toHaveLength(1);
  });

  it('ends when it calls itself for ever', async () => {
    const { rig, view } = await finished(`
      const again = flow({ name: 'again', parameters: { n: integer() } }, ({ n }) => again({ n: n + 1 }));
      export default flow('main', () => again({ n: 1 }));`);
    expect(view.state.message).toBe(
      "Flow run encountered an exception: Error: Flow 'again' was called 10 flows deep, and 10 is the limit. Does a flow call itself?",
    );
    const runs = await rig.store.newestFlowRuns(100);
    expect(runs).toHaveLength(11);
    expect(runs.every(({ state }) => state.name === 'Failed')).toBe(true);
  });

  it('has eight subflows on at a time, and the others wait for their turn', async () => {
    const { rig } = await scriptedRig({
      tasks: {},
      body: (flow) => Promise.all(Array.from({ length: 20 }, () => flow.callFlow('child'))),
      flows: { child: { body: (flow) => flow.sleep(10) } },
    });
    const id = await rig.start();
    const states = async () => {
      const runs = await rig.store.childRunsOf(id);
      return runs.map(({ state }) => state.name).sort();
    };
    const first = [...Array<string>(12).fill('Pending'), ...Array<string>(8).fill('Running')];
    expect(await states()).toEqual(first);
    expect(rig.workers.alive.size).toBe(9);
    await rig.restart();
    expect((await states()).filter((name) => name === 'Pending')).toHaveLength(12);
    const [waiting] = (await rig.store.childRunsOf(id)).filter(
      ({ state }) => state.name === 'Pending',
    );
    expect(await rig.engine.cancelRun(waiting!.id, 'not this one')).toBe(true);
    await rig.clock.settle();
    expect(statesOf(await rig.view(waiting!.id))).toBe('Pending > Cancelling > Cancelled');
    expect((await rig.finish(id)).state.message).toBe(
      'Flow run encountered an exception: not this one',
    );
    expect(await rig.store.activeFlowRuns()).toEqual([]);
    expect(rig.workers.alive.size).toBe(0);
  });

  it('shares its settings, not its chances', async () => {
    const { rig, view } = await finished(`
      const draw = task('draw', () => Math.random());
      const child = flow('child', () => draw());
      export default flow('main', async () => { await child(); await child(); });`);
    const children = await Promise.all(view.subflows.map(({ id }) => rig.view(id)));
    const drawn = children.map((one) => taskRunIn(one, 'draw-0').result?.label);
    expect(new Set(drawn).size).toBe(2);
    expect(new Set(children.map(({ created }) => created.arrivalDay))).toEqual(
      new Set([view.created.arrivalDay]),
    );
    const again = await rig.run();
    const second = await Promise.all(again.subflows.map(({ id }) => rig.view(id)));
    expect(second.map((one) => taskRunIn(one, 'draw-0').result?.label)).toEqual(drawn);
  });

  it('gives its subflows the faults and overrides of the reader', async () => {
    const rig = await rigFor(
      sourceText(`
        const load = task({ name: 'load', retries: 1 }, () => 1);
        const child = flow('child', () => load());
        export default flow('main', () => child());`),
    );
    const view = await rig.run({
      overrides: { load: { retries: 3 } },
      faults: [{ task: 'load', attempts: [1, 2], effect: { kind: 'throw' } }],
    });
    const load = taskRunIn(await rig.view(view.subflows[0]!.id), 'load-0');
    expect(load.attempts.map(({ state }) => state.name)).toEqual(['Failed', 'Failed', 'Completed']);
  });
});

describe('a call of a flow is refused', () => {
  const thrown = async (text: string) => (await finished(text)).view.state.message;

  it('in a task', async () => {
    expect(
      await thrown(`
        const child = flow('child', () => 1);
        const calls = task('calls', () => child());
        export default flow('main', () => calls());`),
    ).toContain(
      "Task 'calls' called flow 'child'. A task cannot call a flow: call both from a flow body and pass the result on.",
    );
  });

  it.each([
    ['child({ n: child.submit })', "The parameter 'n' of flow 'child' cannot be a function"],
    ['child({ n: child.submit({ n: 1 }) })', 'Await a future first.'],
    ['child(7)', "Flow 'child' takes one object of parameters, such as { n: 3 }."],
  ])('with what cannot be a parameter: %s', async (call, message) => {
    expect(
      await thrown(`
        const child = flow({ name: 'child', parameters: { n: integer() } }, ({ n }) => n);
        export default flow('main', () => ${call});`),
    ).toContain(message);
  });

  it.each([
    ['{ n: NaN }', 'n: "NaN" is not a number'],
    ['{ n: [1] }', 'n: [1] is not a number'],
    ['{ n: null }', 'n: null is not a number'],
    ['{}', 'n: a value is needed'],
    ['{ n: 1, m: 2 }', 'm: this flow has no such parameter'],
  ])('by its parameters: %s', async (given, problem) => {
    expect(
      await thrown(`
        const child = flow({ name: 'child', parameters: { n: integer() } }, ({ n }) => n);
        export default flow('main', () => child(${given}));`),
    ).toBe(`Flow run encountered an exception: Parameters were refused: ${problem}`);
  });

  it('when it has no such parameters even unchecked', async () => {
    expect(
      await thrown(`
        const child = flow({ name: 'child', validateParameters: false }, () => 1);
        export default flow('main', () => child({ n: [1] }));`),
    ).toContain('n: [1] is not a number, text, true or false');
  });
});
