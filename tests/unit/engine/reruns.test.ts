import { describe, expect, it } from 'vitest';
import { runStream } from '#domain/ids.ts';
import type { RunView } from '#domain/run-view.ts';
import {
  rigFor,
  scriptedRig,
  statesOf,
  taskRunIn,
  type EngineRig,
} from '#tests/support/engine-rig.ts';
import { flowRun } from '#tests/support/builders.ts';
import { howEach, notReused, reRun, startedIn } from '#tests/support/made-runs.ts';
import { retrainSentiment, sourceText } from '#tests/support/sample-sources.ts';
import { quality } from '#tests/support/small-ml.ts';

/** Tasks whose first attempt in any run fails, until they are mended. */
const broken = new Set<string>();

/** extract, then left and right side by side, then join, then tell. */
/** Long enough for calls that were made beside it to arrive. */
async function afterAWhile(act: () => void): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await Promise.resolve();
  act();
}

const diamond = () =>
  scriptedRig({
    tasks: { extract: {}, left: {}, right: {}, join: {}, tell: {} },
    async body(flow, { rows }) {
      const data = await flow.call('extract', rows ?? 1);
      const both = await Promise.all([flow.call('left', data), flow.call('right', data)]);
      const joined = await flow.call('join', both);
      return flow.call('tell', joined);
    },
    parameters: { rows: { kind: 'integer', default: 1 } },
    attempt(attempt) {
      const { task, taskRunName } = attempt.call;
      if (broken.has(task)) return void afterAWhile(() => attempt.throws(`${task} is broken`));
      const given = JSON.stringify(attempt.arguments);
      attempt.returns(
        task === 'left' ? 'left, whatever it is given' : `${taskRunName} of ${given}`,
      );
    },
  });

async function withBroken<T>(task: string, run: () => Promise<T>): Promise<T> {
  broken.add(task);
  return run().finally(() => broken.delete(task));
}

describe('a re-run of a finished run', () => {
  it('runs everything again when it begins with nothing in particular', async () => {
    const { rig, script } = await diamond();
    const parent = await rig.run();
    const again = await reRun(rig, parent);
    expect(howEach(again)).toBe('extract-0 ran, left-0 ran, right-0 ran, join-0 ran, tell-0 ran');
    expect(startedIn(script, again)).toHaveLength(5);
    expect(await notReused(rig, again.created.flowRunId)).toEqual([]);
  });

  it('names the run it is made from, in its record, its events and its log', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'join-0' });
    const { flowRunId, name } = parent.created;
    const origin = {
      kind: 're-run',
      flowRunId,
      from: 'join-0',
      flowRunName: name,
      flowRunCreatedAt: parent.createdAt,
    };
    expect(again.created.origin).toEqual(origin);
    const id = again.created.flowRunId;
    expect((await rig.store.get('flowRuns', id))?.origin).toEqual(origin);
    expect(await rig.said(id)).toContain(
      `INFO    | nightshift.engine - Re-run of ${name} from join-0`,
    );
    expect(parent.created.origin).toBeUndefined();
  });

  it('from the failed task reuses what completed before it', async () => {
    const { rig, script } = await diamond();
    const parent = await withBroken('join', () => rig.run());
    expect(parent.state.name).toBe('Failed');
    const again = await reRun(rig, parent, { from: 'failed' });
    expect(howEach(again)).toBe(
      'extract-0 reused, left-0 reused, right-0 reused, join-0 ran, tell-0 ran',
    );
    expect(startedIn(script, again)).toEqual(['join-0#1', 'tell-0#1']);
    expect(again.state.name).toBe('Completed');
    expect(again.created.origin).toMatchObject({ from: 'join-0' });
  });

  it('reuses what ran beside the one it begins with, and knew nothing of it', async () => {
    const { rig, script } = await diamond();
    const parent = await withBroken('left', () => rig.run());
    expect(howEach(parent)).toBe('extract-0 ran, left-0 ran, right-0 ran');
    const again = await reRun(rig, parent, { from: 'failed' });
    expect(startedIn(script, again)).toEqual(['left-0#1', 'join-0#1', 'tell-0#1']);
  });

  it('from a task run runs that one again, and all that was called after it had ended', async () => {
    const { rig, script } = await diamond();
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'extract-0' });
    expect(startedIn(script, again)).toHaveLength(5);
    const fromRight = await reRun(rig, parent, { from: 'right-0' });
    expect(startedIn(script, fromRight)).toEqual(['right-0#1', 'join-0#1', 'tell-0#1']);
    expect(await notReused(rig, fromRight.created.flowRunId)).toEqual([
      'right-0: the re-run begins with it',
      'join-0: it depends on right-0',
      'tell-0: it depends on right-0',
    ]);
  });

  it('runs again what only a branch of the body may have made depend on it', async () => {
    const rig = await rigFor(
      sourceText(`
        const check = task('check', () => true);
        const other = task('other', () => 1);
        export default flow('main', async () => { if (await check()) await other(); });`),
    );
    const again = await reRun(rig, await rig.run(), { from: 'check-0' });
    expect(howEach(again)).toBe('check-0 ran, other-0 ran');
    expect(await notReused(rig, again.created.flowRunId)).toContain(
      'other-0: it was called after check-0 had ended',
    );
  });

  it('takes over state and result without an attempt, in one commit, and says from where', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    let commits = 0;
    rig.life.beforeCommit = (writes) => {
      const reused = writes.some(
        (write) =>
          write.store === 'taskRuns' && write.op === 'put' && write.record.taskName === 'extract',
      );
      if (reused) commits++;
    };
    const again = await reRun(rig, parent, { from: 'join-0' });
    expect(commits).toBe(1);
    const [before, extract] = [parent, again].map((view) => taskRunIn(view, 'extract-0'));
    expect(statesOf(extract!)).toBe('Pending > Completed');
    expect(extract).toMatchObject({ attempts: [], waits: [], result: before!.result });
    const { flowRunId, name: flowRunName } = parent.created;
    const from = { flowRunId, flowRunName, taskRun: 'extract-0' };
    expect(extract!.state.reason).toEqual({ kind: 'reused', from });
    expect(await rig.said(again.created.flowRunId)).toContain(
      `INFO    | Task run 'extract-0' - Reused: the result of extract-0 in run ${flowRunName} was reused`,
    );
  });

  it('says of what a re-run of a re-run reuses where it really ran', async () => {
    const { rig } = await diamond();
    const first = await rig.run();
    const second = await reRun(rig, first, { from: 'join-0' });
    const third = await reRun(rig, second, { from: 'tell-0' });
    const from = (name: string) => {
      const { reason } = taskRunIn(third, name).state;
      return reason.kind === 'reused' ? reason.from.flowRunName : reason.kind;
    };
    expect(from('extract-0')).toBe(first.created.name);
    expect(from('join-0')).toBe(second.created.name);
    expect(from('tell-0')).toBe('attempt returned');
  });

  it('runs what received another argument, and names the parameter', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'tell-0', parameters: { rows: 2 } });
    expect(howEach(again)).toBe('extract-0 ran, left-0 ran, right-0 ran, join-0 ran, tell-0 ran');
    expect((await notReused(rig, again.created.flowRunId)).slice(0, 2)).toEqual([
      'extract-0: its arguments differ (rows is 2 and was 1)',
      'left-0: its arguments differ (extract-0 gave another result, rows is 2 and was 1)',
    ]);
  });

  it('waits for no sleep that it reuses', async () => {
    const { rig } = await scriptedRig({
      tasks: { extract: {}, train: {} },
      async body(flow) {
        await flow.call('extract');
        await flow.sleep(3600);
        return flow.call('train');
      },
      attempt: (attempt) => attempt.returns(attempt.call.task),
    });
    const parent = await rig.run();
    expect(parent.lastAt - parent.createdAt).toBe(3_600_000);
    const fromTrain = await reRun(rig, parent, { from: 'train-0' });
    expect(fromTrain.lastAt - fromTrain.createdAt).toBe(0);
    const fromExtract = await reRun(rig, parent, { from: 'extract-0' });
    expect(fromExtract.lastAt - fromExtract.createdAt).toBe(3_600_000);
  });

  it('waits anew where the sleep was the limit of a wait for what runs again', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { slow: {}, last: {} },
      async body(flow) {
        const slow = flow.call('slow');
        await Promise.race([slow, flow.sleep(60)]);
        return flow.call('last', await slow);
      },
    });
    const finish = async (id: Awaited<ReturnType<EngineRig['start']>>) => {
      await rig.clock.advance(90_000);
      for (const name of ['slow-0', 'last-0']) {
        script.attempt(name, 1).returns(name);
        await rig.clock.settle();
      }
      return rig.finish(id);
    };
    const parent = await finish(await rig.start());
    const id = await rig.start({
      files: [],
      origin: { kind: 're-run', flowRunId: parent.created.flowRunId, from: 'slow-0' },
    });
    const [, sleep] = await rig.store.journalOf(id, 1);
    expect(sleep).toMatchObject({ operation: 'sleep' });
    expect(sleep).not.toHaveProperty('outcome');
    expect((await finish(id)).state.name).toBe('Completed');
  });
});

describe('a re-run with changes', () => {
  it('runs again only what has other inputs, and stops where results are the same again', async () => {
    const { rig, script } = await diamond();
    const parent = await rig.run();
    const same = await reRun(rig, parent, { from: 'changes' });
    expect(startedIn(script, same)).toEqual([]);
    expect(same.state.name).toBe('Completed');
    const other = await reRun(rig, parent, { from: 'changes', parameters: { rows: 2 } });
    expect(howEach(other)).toBe('extract-0 ran, left-0 ran, right-0 ran, join-0 ran, tell-0 ran');
    const settings = await reRun(rig, parent, {
      from: 'changes',
      overrides: { left: { retries: 1 } },
    });
    expect(startedIn(script, settings)).toEqual(['left-0#1']);
    expect(await notReused(rig, settings.created.flowRunId)).toEqual([
      'left-0: the settings of left differ',
    ]);
    const faults = [{ task: 'right', attempts: [9], effect: { kind: 'throw' } }] as const;
    const fault = await reRun(rig, parent, { from: 'changes', faults });
    expect(startedIn(script, fault)).toEqual(['right-0#1']);
  });

  it.each([
    ['seed', { seed: 8 }, 'the seed is 8 and was 7'],
    ['arrival day', { arrivalDay: 2 }, 'the data is that of day 2 and was that of day 1'],
  ] as const)('reuses nothing under another %s, and says so once', async (_what, change, why) => {
    const { rig } = await diamond();
    const parent = await rig.run({ arrivalDay: 1 });
    const again = await reRun(rig, parent, { from: 'changes', ...change });
    expect(howEach(again)).not.toContain('reused');
    const warned = (await rig.said(again.created.flowRunId)).filter((line) =>
      line.includes('reused'),
    );
    expect(warned).toEqual([
      `WARNING | Flow run '${again.created.name}' - Nothing of ${parent.created.name} is reused: ${why}`,
    ]);
  });

  it('reuses the train of the built-in flow under another threshold, and asks the gate anew', async () => {
    const rig = await rigFor(retrainSentiment);
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'changes', parameters: { threshold: 0.99 } });
    expect(howEach(again)).toBe(
      'extract-0 reused, train-0 reused, evaluate-0 reused, promote-0 ran',
    );
    expect(again.verdict?.verdict.promoted).toBe(false);
    expect(await notReused(rig, again.created.flowRunId)).toEqual([
      'promote-0: its arguments differ (threshold is 0.99 and was 0.9)',
    ]);
  });

  it('does not promote again: the verdict is carried over, and no version is made', async () => {
    const rig = await rigFor(retrainSentiment);
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'changes' });
    const promote = taskRunIn(again, 'promote-0');
    expect(statesOf(promote)).toBe('Pending > Promoted');
    expect(again.verdict).toMatchObject({
      taskRunId: promote.id,
      verdict: parent.verdict!.verdict,
    });
    expect(again.model).toBeUndefined();
    const record = await rig.store.get('flowRuns', again.created.flowRunId);
    expect(record?.verdict).toEqual(parent.verdict!.verdict);
    expect(record).not.toHaveProperty('modelVersion');
    expect(await rig.engine.modelVersions('sentiment')).toHaveLength(1);
    const thrice = await reRun(rig, again, { from: 'changes' });
    expect(thrice.verdict?.verdict).toEqual(parent.verdict!.verdict);
  });

  it('keeps the word of the gate that said no', async () => {
    const rig = await rigFor(retrainSentiment);
    quality.accuracy = 0.5;
    const parent = await rig.run().finally(() => (quality.accuracy = 0.928));
    const again = await reRun(rig, parent, { from: 'changes' });
    expect(statesOf(taskRunIn(again, 'promote-0'))).toBe('Pending > Rejected');
  });
});

describe('tasks that wait for others', () => {
  const mapped = (word: string) =>
    sourceText(`
      const list = task('list', () => [1, 2, 3]);
      const double = task('double', async (n) => {
        for (let turn = 0; turn < 500; turn++) await null;
        if (n === 2 && '${word}' === 'broken') throw new Error('no 2');
        return n * 2;
      });
      const sum = task('sum', (numbers) => numbers.reduce((a, b) => a + b, 0));
      export default flow('main', async () => {
        const numbers = await list();
        return await sum.submit(double.map(numbers));
      });`);

  it('are reused when what they wait for is, and run when it gave something else', async () => {
    const rig = await rigFor(mapped('whole'));
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'changes' });
    expect(howEach(again)).toBe(
      'list-0 reused, double-0 reused, double-1 reused, double-2 reused, sum-0 reused',
    );
    expect(statesOf(taskRunIn(again, 'sum-0'))).toBe('Pending > Completed');
    expect(taskRunIn(again, 'sum-0').dependsOn).toHaveLength(3);
  });

  it('run again when one of them failed, and the others are reused', async () => {
    const rig = await rigFor(mapped('broken'));
    const parent = await rig.run();
    expect(taskRunIn(parent, 'sum-0').state.name).toBe('NotReady');
    const again = await reRun(rig, parent, {
      from: 'failed',
      files: mapped('whole'),
      anySource: true,
    });
    expect(howEach(again)).toBe(
      'list-0 reused, double-0 reused, double-1 ran, double-2 reused, sum-0 ran',
    );
    expect(again.state.name).toBe('Completed');
    expect(await rig.said(again.created.flowRunId)).toContain(
      `INFO    | Flow run '${again.created.name}' - What is reused was made with another source`,
    );
  });

  it('run again when they received the failure of another', async () => {
    const source = (fails: boolean) =>
      sourceText(`
        const f = task('f', () => { if (${fails}) throw new Error('no'); return 1; });
        const g = task('g', (value) => value instanceof Error ? 'a failure' : 'a value');
        export default flow('main', async () => {
          const failed = f.submit();
          await g.submit(allowFailure(failed));
        });`);
    const rig = await rigFor(source(true));
    const parent = await rig.run();
    expect(taskRunIn(parent, 'g-0').result?.label).toContain('a failure');
    const again = await reRun(rig, parent, {
      from: 'changes',
      files: source(false),
      anySource: true,
    });
    expect(howEach(again)).toBe('f-0 ran, g-0 ran');
    expect(taskRunIn(again, 'g-0').result?.label).toContain('a value');
    expect(await notReused(rig, again.created.flowRunId)).toEqual([
      'g-0: f-0, which it waits for, gave another result',
    ]);
  });
});

describe('another source', () => {
  const source = (word: string) =>
    sourceText(`
      const f = task('f', () => 'f of ${word}');
      const g = task('g', (given) => given.length);
      export default flow('main', async () => g(await f()));`);

  it('reuses nothing unless it is asked to', async () => {
    const rig = await rigFor(source('one'));
    const parent = await rig.run();
    const again = await reRun(rig, parent, { from: 'g-0', files: source('two') });
    expect(howEach(again)).toBe('f-0 ran, g-0 ran');
    expect(await rig.said(again.created.flowRunId)).toContain(
      `WARNING | Flow run '${again.created.name}' - Nothing of ${parent.created.name} is reused: the source differs`,
    );
    const anyway = await reRun(rig, parent, { from: 'g-0', files: source('two'), anySource: true });
    expect(howEach(anyway)).toBe('f-0 reused, g-0 ran');
  });

  it('runs what stands in another place', async () => {
    const rig = await rigFor(source('one'));
    const parent = await rig.run();
    const swapped = sourceText(`
      const f = task('f', () => 1);
      const g = task('g', () => 2);
      export default flow('main', async () => { await g(); await f(); });`);
    const again = await reRun(rig, parent, { from: 'changes', files: swapped, anySource: true });
    expect(howEach(again)).toBe('g-0 ran, f-0 ran');
    expect((await notReused(rig, again.created.flowRunId))[0]).toBe('g-0: call 0 was f there');
  });
});

describe('a re-run is refused', () => {
  const problems = async (rig: EngineRig, parent: RunView | { id: string }, from?: string) => {
    const flowRunId = ('id' in parent ? parent.id : parent.created.flowRunId) as never;
    const started = await rig.ask({
      files: [],
      origin: { kind: 're-run', flowRunId, ...(from === undefined ? {} : { from }) },
    });
    return started.ok ? [] : started.problems;
  };

  it('when it is to begin with a task run that is not there, or with a failure where there is none', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    const { name } = parent.created;
    expect(await problems(rig, parent, 'train-0')).toEqual([
      {
        field: 'origin',
        message: `${name} has no task run 'train-0'. It has extract-0, left-0, right-0, join-0, tell-0.`,
      },
    ]);
    expect((await problems(rig, parent, 'failed'))[0]?.message).toBe(
      `No task run of ${name} failed. Name the task run to begin with, or run all of it again.`,
    );
    expect(await rig.store.newestFlowRuns(5)).toHaveLength(1);
  });

  it('while the run has not ended', async () => {
    const { rig } = await scriptedRig({ tasks: { f: {} }, body: (flow) => flow.call('f') });
    const id = await rig.start();
    expect((await problems(rig, await rig.view(id)))[0]?.message).toMatch(
      /^\S+ has not ended\. Wait for its end, or cancel it first\.$/,
    );
  });

  it('when the run, or its source, is not stored any more', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    expect((await problems(rig, { id: 'fr_none' }))[0]?.message).toBe(
      'The run fr_none is not stored any more, so nothing can be made from it. Start a new run instead.',
    );
    const { sourceHash, name } = parent.created;
    await rig.store.commit([{ store: 'flows', op: 'delete', key: sourceHash }]);
    expect((await problems(rig, parent))[0]?.message).toBe(
      `The source of ${name} is not stored any more. Give the source, or start a new run.`,
    );
  });

  it('when another run called it', async () => {
    const { rig } = await diamond();
    const parent = { flowRunId: flowRun().id, flowAttempt: 1, call: 0 };
    const record = flowRun({ id: 'fr_sub' as never, active: 0, parent });
    await rig.store.commit([{ store: 'flowRuns', op: 'put', record }]);
    expect((await problems(rig, { id: 'fr_sub' }))[0]?.message).toMatch(
      /was called by the flow of another run/,
    );
  });
});

describe('what would be reused', () => {
  it('is told before anything is started, with why not', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    const { flowRunId, parameters, overrides, faults, seed, name } = parent.created;
    const ask = {
      flowId: 'f',
      files: [],
      parameters,
      overrides,
      faults,
      seed,
      trigger: { kind: 'person' },
    } as const;
    const preview = await rig.engine.reuseFor({
      ...ask,
      origin: { kind: 're-run', flowRunId, from: 'right-0' },
    });
    expect(preview).toEqual({
      ok: true,
      flowRunName: name,
      taskRuns: [
        { name: 'extract-0' },
        { name: 'left-0' },
        { name: 'right-0', again: 'the re-run begins with it' },
        { name: 'join-0', again: 'it depends on right-0' },
        { name: 'tell-0', again: 'it depends on right-0' },
      ],
    });
    expect(await rig.store.newestFlowRuns(5)).toHaveLength(1);
    expect(await rig.engine.reuseFor(ask)).toMatchObject({ ok: false });
    expect(
      await rig.engine.reuseFor({ ...ask, origin: { kind: 're-run', flowRunId, from: 'x' } }),
    ).toMatchObject({
      ok: false,
      problems: [{ field: 'origin' }],
    });
  });
});

describe('a result that is gone', () => {
  it('is made again', async () => {
    const { rig } = await diamond();
    const parent = await rig.run();
    const { result } = taskRunIn(parent, 'extract-0');
    await rig.store.commit([{ store: 'values', op: 'delete', key: result!.hash }]);
    const again = await reRun(rig, parent, { from: 'join-0' });
    expect(howEach(again)).toBe(
      'extract-0 ran, left-0 reused, right-0 reused, join-0 ran, tell-0 ran',
    );
    expect(await notReused(rig, again.created.flowRunId)).toContain(
      'extract-0: its result is no longer stored',
    );
    expect(await rig.store.events(runStream(again.created.flowRunId))).toHaveLength(again.lastSeq);
  });
});
