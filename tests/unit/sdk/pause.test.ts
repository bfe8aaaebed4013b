import { describe, expect, expectTypeOf, it } from 'vitest';
import { boolean, choice, flow, integer, pause, task, text } from '#sdk/nightshift.ts';
import { sourceOf } from '#tests/support/author-code.ts';
import { rigFor, taskRunIn } from '#tests/support/engine-rig.ts';

/** What a flow body throws when it pauses so. */
async function thrownBy(options: unknown): Promise<string | undefined> {
  const rig = await rigFor(
    sourceOf(() =>
      flow('f', async () => {
        await pause(options as never);
      }),
    ),
  );
  return (await rig.run()).state.message?.replace('Flow run encountered an exception: ', '');
}

describe('pause', () => {
  it('is refused in a task, and outside of a run', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const asks = task('asks', async () => {
          await pause();
        });
        return flow('f', () => asks());
      }),
    );
    expect(taskRunIn(await rig.run(), 'asks-0').state.message).toBe(
      'Error: pause works in a flow body: a task cannot wait for a person. Pause between two tasks, and pass the answer on.',
    );
    await expect(pause()).rejects.toThrow('pause works inside a flow run only.');
  });

  it('says which option makes no sense', async () => {
    for (const timeoutSeconds of [0, -1, Number.NaN, Infinity, 'long'])
      expect(await thrownBy({ timeoutSeconds })).toContain(
        'timeoutSeconds must be a number of seconds above 0',
      );
    expect(await thrownBy({ key: 7 })).toBe('TypeError: pause: key must be text, not 7.');
    expect(await thrownBy({ message: 'x'.repeat(2001) })).toContain('at most 2000 characters');
    expect(await thrownBy({ suspend: 'yes' })).toContain('suspend must be true or false');
    expect(await thrownBy({ schema: 'approved' })).toContain('schema must be an object of fields');
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, boolean()]));
    expect(await thrownBy({ schema: many })).toContain('at most 50 fields');
    const fields = [
      true,
      {},
      { kind: 'date' },
      text({ default: 5 as never }),
      { kind: 'choice', options: [] },
      { kind: 'choice' },
      { kind: 'choice', options: ['a'], default: 'b' },
    ];
    for (const field of fields)
      expect(await thrownBy({ schema: { when: field } })).toContain('pause: when is not a field');
  });

  it('is caught like any error: what is called afterwards is called', async () => {
    const rig = await rigFor(
      sourceOf(() => {
        const next = task('next', () => 1);
        return flow('f', async () => {
          await pause({ timeoutSeconds: -1 }).catch(() => undefined);
          return next();
        });
      }),
    );
    expect((await rig.run()).state.name).toBe('Completed');
  });

  it('gives what its schema says', () => {
    const typed = () =>
      pause({
        schema: {
          approved: boolean(),
          rounds: integer(),
          reason: text({ default: '' }),
          then: choice(['promote', 'train again']),
        },
      });
    expectTypeOf(typed).returns.resolves.toEqualTypeOf<{
      readonly approved: boolean;
      readonly rounds: number;
      readonly reason: string;
      readonly then: 'promote' | 'train again';
    }>();
    expectTypeOf(() => pause({ key: 'k' })).returns.resolves.toEqualTypeOf<undefined>();
  });
});
