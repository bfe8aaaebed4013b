import { describe, expect, it, vi } from 'vitest';
import { runStream } from '#domain/ids.ts';
import { emitEvent, flow, task } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor } from '#tests/support/engine-rig.ts';

const runOf = async (inTask: () => unknown, inBody: () => unknown = () => undefined) => {
  const rig = await rigFor(
    sourceOf(() => {
      const tells = task('tells', async () => {
        await inTask();
      });
      return flow('f', async () => {
        await tells();
        await inBody();
      });
    }),
  );
  const view = await rig.run();
  const events = await rig.store.events(runStream(view.created.flowRunId));
  const told = events.flatMap(({ body }) => (body.kind === 'author.event' ? [body] : []));
  return { view, told, said: await rig.said(view.created.flowRunId) };
};

describe('emitEvent', () => {
  it('puts an event into the history and the log, from tasks and from the body', async () => {
    const { told, said, view } = await runOf(
      () => emitEvent('model.drifted', { psi: 0.31, words: ['fine', null] }),
      () => emitEvent('all done'),
    );
    expect(told).toEqual([
      {
        kind: 'author.event',
        name: 'model.drifted',
        data: { psi: 0.31, words: ['fine', null] },
        taskRunId: `${view.created.flowRunId}/1/tells-0`,
        attempt: 1,
        ordinal: 0,
      },
      { kind: 'author.event', name: 'all done', attempt: 1, ordinal: 0 },
    ]);
    expect(said).toContain(
      `INFO    | Task run 'tells-0' - Event 'model.drifted' {"psi":0.31,"words":["fine",null]}`,
    );
    expect(said).toContain(`INFO    | Flow run '${view.created.name}' - Event 'all done'`);
  });

  it('is there before the end is told, though nobody waits for it', async () => {
    const { told } = await runOf(
      () => void emitEvent('one'),
      () => void emitEvent('two'),
    );
    expect(told.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('is shortened in the log, and whole in the history', async () => {
    const { told, said } = await runOf(() => emitEvent('long', 'x'.repeat(5000)));
    expect(told[0]?.data).toHaveLength(5000);
    const line = said.find((one) => one.includes("Event 'long'")) ?? '';
    expect(line.length).toBeLessThan(400);
    expect(line).toMatch(/x…$/);
  });

  it('is refused with what is wrong, and where', async () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const cases: readonly (readonly [string, unknown, string])[] = [
      ['', undefined, 'The name of an event begins with a letter or digit'],
      ['two\nlines', undefined, 'The name of an event'],
      ['x', { a: [1, NaN] }, "the data of event 'x'.a.1 is NaN, which JSON cannot hold"],
      ['x', { a: undefined }, "the data of event 'x'.a is undefined"],
      ['x', new Map(), "the data of event 'x' is a Map"],
      ['x', { at: new Date(0) }, "the data of event 'x'.at is a Date"],
      ['x', 1n, 'is 1, which JSON cannot hold'],
      ['x', circle, "the data of event 'x'.0 contains itself"],
      ['x', 'y'.repeat(16_384), 'is 16386 characters long as JSON, and 16384 is the limit'],
    ];
    for (const [name, data, message] of cases) {
      const { view, told } = await runOf(() => emitEvent(name, data as never));
      expect(view.taskRuns[0]?.state.message).toContain(message);
      expect(told).toEqual([]);
    }
  });

  it('warns outside a run', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await emitEvent('early');
    expect(warned.mock.calls).toEqual([
      [
        'emitEvent was called outside a flow run, so nothing was made. Call it from a task or a flow.',
      ],
    ]);
    warned.mockRestore();
  });
});
