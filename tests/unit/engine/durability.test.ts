import { describe, expect, it } from 'vitest';
import type { FeedMessage } from '#domain/engine-api.ts';
import { asTaskRunId, runStream } from '#domain/ids.ts';
import { isTerminal } from '#domain/states.ts';
import type { Store } from '#domain/store.ts';
import { createMemoryStore } from '#storage/memory-store.ts';
import { type EngineRig, rigFor, scriptedRig } from '#tests/support/engine-rig.ts';
import { everything } from '#tests/support/interrupted-run.ts';
import { sourceText } from '#tests/support/sample-sources.ts';

const keyOf = ({ streamId, seq }: { streamId: string; seq: number }) => `${streamId} ${seq}`;

/** A store that takes its time, and knows what it has promised. */
function slowStore() {
  const inner = createMemoryStore();
  const durable = new Set<string>();
  let ended = 0;
  const commit: Store['commit'] = async (writes, durability) => {
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
    await inner.commit(writes, durability);
    for (const write of writes)
      if (write.store === 'events' && write.op === 'add') {
        durable.add(keyOf(write.record));
        const { body } = write.record;
        if ('state' in body && body.kind !== 'attempt.ended' && isTerminal(body.state)) ended++;
      }
  };
  return { store: { ...inner, commit } satisfies Store, durable, ended: () => ended };
}

describe('a decision is durable before anyone sees it', () => {
  it('an event is not shown before its commit is done', async () => {
    const { store, durable } = slowStore();
    const { rig } = await scriptedRig(everything(), { store });
    const early: string[] = [];
    rig.feed.publish = (message: FeedMessage) => {
      if (message.kind === 'event' && !durable.has(keyOf(message.event)))
        early.push(keyOf(message.event));
      rig.feed.messages.push(message);
    };
    const view = await finishSlowly(rig);
    expect(early).toEqual([]);
    expect(rig.feed.events(runStream(view.created.flowRunId))).toHaveLength(view.lastSeq);
  });

  it('nor does the log say before that something has ended', async () => {
    const { store, ended } = slowStore();
    const { rig } = await scriptedRig(everything(), { store });
    const early: string[] = [];
    let finished = 0;
    rig.feed.publish = (message: FeedMessage) => {
      if (message.kind !== 'lines') return;
      for (const line of message.lines)
        if (line.kind === 'log' && line.message.startsWith('Finished in state'))
          if (++finished > ended()) early.push(line.message);
    };
    await finishSlowly(rig);
    expect(early).toEqual([]);
    expect(finished).toBe(6);
  });

  it('a result is stored, and its call journaled, before the next task starts', async () => {
    const { store } = slowStore();
    const problems: string[] = [];
    const tasks = { first: {}, second: {}, third: {} };
    const { rig } = await scriptedRig(
      {
        tasks,
        async body(flow) {
          for (const task of Object.keys(tasks)) await flow.call(task);
        },
        attempt(attempt) {
          const check = async () => {
            const all = await store.taskRunsOf(attempt.call.flowRunId as never);
            const before = all.filter(({ id }) => id !== attempt.call.taskRunId);
            for (const one of before) {
              if (!isTerminal(one.state) || !one.result) problems.push(`${one.name} is not over`);
              else if (!(await store.get('values', one.result.hash))) problems.push(one.name);
            }
            const calls = await store.journalOf(attempt.call.flowRunId as never, 1);
            const made = Object.keys(tasks).indexOf(attempt.call.task);
            if (before.length !== made || calls.filter(({ outcome }) => outcome).length !== made)
              problems.push(`${attempt.call.taskRunName}: outcomes are missing`);
          };
          void check().then(() => attempt.returns(attempt.call.task));
        },
      },
      { store },
    );
    expect((await finishSlowly(rig)).taskRuns).toHaveLength(3);
    expect(problems).toEqual([]);
  });

  it('nothing that a body asks is answered before its attempt is durable', async () => {
    const { store } = slowStore();
    const early: string[] = [];
    const { rig } = await scriptedRig(
      {
        tasks: { asks: { retries: 1 } },
        body: (flow) => flow.call('asks'),
        attempt(attempt) {
          const { taskRunId, attempt: number } = attempt.call;
          const ask = async () => {
            await attempt.log('said');
            const record = await store.get('taskRuns', asTaskRunId(taskRunId));
            if (record?.attempts.length !== number) early.push(`attempt ${number}`);
            if (number === 1) attempt.throws('once');
            else attempt.returns(1);
          };
          void ask();
        },
      },
      { store },
    );
    const view = await finishSlowly(rig);
    expect(view.taskRuns[0]?.attempts).toHaveLength(2);
    expect(early).toEqual([]);
  });

  it('nobody is asked about a failed attempt before it is durable', async () => {
    const { store } = slowStore();
    const early: string[] = [];
    const rig = await rigFor(
      sourceText(`
        const f = task({ name: 'f', retries: 1, retryConditionFn: () => { logger.info('asked'); return false; } },
          () => { throw new Error('x'); });
        export default flow('main', async () => { await f.returnState(); });`),
      { store },
    );
    rig.feed.publish = (message: FeedMessage) => {
      if (message.kind === 'lines')
        for (const line of message.lines)
          if (line.kind === 'log' && line.message === 'asked' && line.taskRunId) {
            const begun = rig.feed.events().some(({ body }) => body.kind === 'attempt.started');
            early.push(begun ? 'in time' : 'too early');
          }
      rig.feed.messages.push(message);
    };
    await finishSlowly(rig);
    expect(early).toEqual(['in time']);
  });

  it('a transition and its event are one commit', async () => {
    const { rig } = await scriptedRig(everything());
    const odd: string[] = [];
    rig.life.beforeCommit = (writes) => {
      const stores = writes.map((write) => write.store);
      const transition = stores.includes('taskRuns') || stores.includes('flowRuns');
      if (transition && !stores.includes('events')) odd.push(stores.join());
    };
    await rig.run();
    expect(odd).toEqual([]);
  });
});

async function finishSlowly(rig: EngineRig) {
  const id = await rig.start();
  for (let turns = 0; turns < 2000; turns++) {
    await rig.clock.settle();
    const view = await rig.view(id);
    if (isTerminal(view.state)) {
      for (let more = 0; more < 5; more++) await rig.clock.settle();
      return view;
    }
    if (turns % 20 === 19) await rig.clock.advance(1000);
  }
  throw new Error('The run did not end.');
}
