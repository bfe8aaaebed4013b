import { describe, expect, it } from 'vitest';
import type { FlowRunId } from '#domain/ids.ts';
import { rigFor, scriptedRig, statesOf, taskRunIn } from '#tests/support/engine-rig.ts';
import { fork, howEach, notReused, startedIn } from '#tests/support/made-runs.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

const MINUTE = 60_000;

/** Three tasks, each a minute of sleep after the one before. */
const slow = () =>
  scriptedRig({
    tasks: { extract: {}, train: { retries: 1 }, promote: {} },
    parameters: { limit: { kind: 'number', default: 0.9 } },
    async body(flow, { limit }) {
      const data = await flow.call('extract');
      await flow.sleep(60);
      const model = await flow.call('train', data);
      await flow.sleep(60);
      return flow.call('promote', model, limit ?? 0);
    },
    attempt(attempt) {
      const { task, attempt: number, fault } = attempt.call;
      if (fault?.effect.kind === 'throw') attempt.throws('source unavailable');
      else attempt.returns(`${task}, attempt ${number}`);
    },
  });

describe('a fork of a finished run', () => {
  it('reuses what had ended by its instant, and runs the rest', async () => {
    const { rig, script } = await slow();
    const parent = await rig.run();
    const at = (minutes: number) => parent.createdAt + minutes * MINUTE;
    const early = await fork(rig, parent, at(0.5));
    expect(howEach(early)).toBe('extract-0 reused, train-0 ran, promote-0 ran');
    const late = await fork(rig, parent, at(1.5));
    expect(howEach(late)).toBe('extract-0 reused, train-0 reused, promote-0 ran');
    expect(startedIn(script, late)).toEqual(['promote-0#1']);
    expect(await notReused(rig, late.created.flowRunId)).toEqual([
      'promote-0: it had not ended by then',
    ]);
    const whole = await fork(rig, parent, at(10));
    expect(startedIn(script, whole)).toEqual([]);
    expect(taskRunIn(whole, 'promote-0').result).toEqual(taskRunIn(parent, 'promote-0').result);
  });

  it('waits for the sleep that had not ended, in full, and not for the one that had', async () => {
    const { rig } = await slow();
    const parent = await rig.run();
    const late = await fork(rig, parent, parent.createdAt + 1.5 * MINUTE);
    expect(late.lastAt - late.createdAt).toBe(MINUTE);
  });

  it('names the run and the instant', async () => {
    const { rig } = await slow();
    const parent = await rig.run();
    const at = parent.createdAt + 12_340;
    const forked = await fork(rig, parent, at);
    const { flowRunId, name } = parent.created;
    expect(forked.created.origin).toEqual({
      kind: 'fork',
      flowRunId,
      at,
      flowRunName: name,
      flowRunCreatedAt: parent.createdAt,
    });
    expect(await rig.said(forked.created.flowRunId)).toContain(
      `INFO    | nightshift.engine - Fork of ${name} at 00:12.3`,
    );
  });

  it('may differ in parameters, overrides, faults and seed: they hold from there on', async () => {
    const { rig } = await slow();
    const parent = await rig.run();
    const forked = await fork(rig, parent, parent.createdAt + 0.5 * MINUTE, {
      parameters: { limit: 0.5 },
      overrides: { train: { retries: 2 } },
      faults: [
        { task: 'extract', attempts: [1], effect: { kind: 'throw' } },
        { task: 'train', attempts: [1, 2], effect: { kind: 'throw' } },
      ],
      seed: 8,
    });
    expect(howEach(forked)).toBe('extract-0 reused, train-0 ran, promote-0 ran');
    expect(taskRunIn(forked, 'train-0').result?.label).toContain('attempt 3');
    expect(forked.created).toMatchObject({ parameters: { limit: 0.5 }, seed: 8 });
    expect(await rig.said(forked.created.flowRunId)).toContain(
      `INFO    | Flow run '${forked.created.name}' - What is reused was made with seed 7`,
    );
  });

  it('behaves as the run did, for the same seed', async () => {
    const rig = await rigFor(
      sourceText(`
        const draw = task('draw', (n) => n + Math.random());
        export default flow('main', async () => {
          const first = await draw(Math.random());
          await sleep(60);
          const second = await draw(Math.random());
          return [first, second];
        });`),
    );
    const parent = await rig.run();
    const results = (run: typeof parent) => run.taskRuns.map(({ result }) => result?.hash);
    const same = await fork(rig, parent, parent.createdAt + 1000);
    expect(howEach(same)).toBe('draw-0 reused, draw-1 ran');
    expect(results(same)).toEqual(results(parent));
    const other = await fork(rig, parent, parent.createdAt + 1000, { seed: 8 });
    expect(howEach(other)).toBe('draw-0 ran, draw-1 ran');
    expect(results(other)).not.toEqual(results(parent));
  });

  it('runs what received the time of day', async () => {
    const rig = await rigFor(
      sourceText(`
        const f = task('f', () => 1);
        const g = task('g', (at) => 2);
        export default flow('main', async () => { await f(); await g(Date.now()); });`),
    );
    const parent = await rig.run();
    await rig.clock.advance(1000);
    const forked = await fork(rig, parent, parent.lastAt);
    expect(howEach(forked)).toBe('f-0 reused, g-0 ran');
    expect(await notReused(rig, forked.created.flowRunId)).toEqual(['g-0: its arguments differ']);
  });

  it('goes on from the flow attempt that was on at its instant, and in each of its own', async () => {
    let broken = true;
    const { rig, script } = await scriptedRig({
      tasks: { extract: {}, train: {} },
      options: { retries: 1, retryDelaySeconds: 60 },
      async body(flow) {
        const data = await flow.call('extract');
        await flow.sleep(30);
        return flow.call('train', data);
      },
    });
    const drive = async (id: FlowRunId) => {
      for (let minutes = 0; minutes < 5; minutes += 0.25) {
        for (const attempt of script.attempts.splice(0))
          if (attempt.call.task === 'train' && broken) attempt.throws('broken');
          else
            attempt.returns(
              `${attempt.call.task} of flow attempt ${attempt.call.taskRunId.split('/')[1]}`,
            );
        await rig.clock.advance(15_000);
      }
      return rig.view(id);
    };
    const parent = await drive(await rig.start());
    expect(parent.taskRuns.map(({ id }) => id.split('/').slice(1).join('/'))).toEqual([
      '1/extract-0',
      '1/train-0',
      '2/extract-0',
      '2/train-0',
    ]);
    const origin = {
      kind: 'fork',
      flowRunId: parent.created.flowRunId,
      at: parent.createdAt + 20_000,
    } as const;
    const labels = ({ taskRuns }: typeof parent) => taskRuns.map(({ result }) => result?.label);
    const forked = await drive(await rig.start({ files: [], origin }));
    expect(howEach(forked)).toBe('extract-0 reused, train-0 ran, extract-0 reused, train-0 ran');
    expect(labels(forked)[0]).toContain('extract of flow attempt 1');
    expect(labels(forked)[2]).toContain('extract of flow attempt 1');
    broken = false;
    const later = { ...origin, at: parent.endedAt ?? 0 };
    const second = await drive(await rig.start({ files: [], origin: later }));
    expect(labels(second)[0]).toContain('extract of flow attempt 2');
  });

  it('is refused at an instant before the run', async () => {
    const { rig } = await slow();
    const parent = await rig.run();
    const { flowRunId, name } = parent.created;
    const started = await rig.ask({ origin: { kind: 'fork', flowRunId, at: 12 } });
    expect(started).toMatchObject({ ok: false, problems: [{ field: 'origin' }] });
    expect(!started.ok && started.problems[0]?.message).toBe(
      `${name} did not exist at 12: it was created at ${parent.createdAt}. Give an instant within the run, in milliseconds since the epoch.`,
    );
  });

  it('can itself be forked, though what it is made from is deleted', async () => {
    const { rig } = await slow();
    const parent = await rig.run();
    const first = await fork(rig, parent, parent.createdAt + 1.5 * MINUTE);
    await rig.store.commit([{ store: 'flowRuns', op: 'delete', key: parent.created.flowRunId }]);
    const second = await fork(rig, first, first.createdAt);
    expect(howEach(second)).toBe('extract-0 reused, train-0 reused, promote-0 ran');
  });
});

describe('a fork whose engine stops', () => {
  it('goes on reusing what it was made from', async () => {
    const { rig, script } = await slow();
    const parent = await rig.run();
    const origin = {
      kind: 'fork',
      flowRunId: parent.created.flowRunId,
      at: parent.createdAt + 1.5 * MINUTE,
    } as const;
    const id = await rig.start({ files: [], origin });
    await rig.restart();
    const view = await rig.finish(id);
    expect(howEach(view)).toBe('extract-0 reused, train-0 reused, promote-0 ran');
    expect(statesOf(taskRunIn(view, 'train-0'))).toBe('Pending > Completed');
    expect(startedIn(script, view)).toEqual(['promote-0#1']);
  });

  it('says once why a task run was not reused, though its attempt is started again', async () => {
    const { rig, script } = await scriptedRig({
      tasks: { extract: {} },
      body: (flow) => flow.call('extract'),
    });
    const end = async (id: FlowRunId, attempt: number) => {
      script.attempt('extract-0', attempt).returns(1);
      return rig.finish(id);
    };
    const parent = await end(await rig.start(), 1);
    const origin = {
      kind: 're-run',
      flowRunId: parent.created.flowRunId,
      from: 'extract-0',
    } as const;
    const id = await rig.start({ files: [], origin });
    await rig.engine.runHistory(id); // its lines are kept before the engine stops
    await rig.restart();
    await end(id, 2);
    expect(await notReused(rig, id)).toEqual(['extract-0: the re-run begins with it']);
  });

  it('reuses no more of a run that was deleted meanwhile, and says so', async () => {
    let entered = 0;
    const { rig, script } = await scriptedRig({
      tasks: { extract: {}, train: {} },
      async body(flow) {
        const data = await flow.call('extract');
        if (++entered === 2) await new Promise(() => undefined);
        return flow.call('train', data);
      },
      attempt: (attempt) => attempt.returns(attempt.call.task),
    });
    const parent = await rig.run();
    const { flowRunId, name } = parent.created;
    const origin = { kind: 'fork', flowRunId, at: parent.lastAt } as const;
    const id = await rig.start({ files: [], origin });
    await rig.store.commit([{ store: 'flowRuns', op: 'delete', key: flowRunId }]);
    await rig.restart();
    const view = await rig.finish(id);
    expect(howEach(view)).toBe('extract-0 reused, train-0 ran');
    expect(startedIn(script, view)).toEqual(['train-0#1']);
    expect(await rig.said(id)).toContain(
      `WARNING | Flow run '${view.created.name}' - ${name} was deleted: nothing more of it is reused`,
    );
  });
});
