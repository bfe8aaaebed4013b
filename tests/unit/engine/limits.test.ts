import { describe, expect, it } from 'vitest';
import { asTaskRunId } from '#domain/ids.ts';
import { Limits, type SlotRequest } from '#engine/limits.ts';
import { createMemoryStore } from '#storage/memory-store.ts';

async function limitsOf(limits: Readonly<Record<string, number>>) {
  const store = createMemoryStore();
  await store.commit(
    Object.entries(limits).map(([name, limit]) => ({
      store: 'limits',
      op: 'put',
      record: { name, limit },
    })),
  );
  const loaded = new Limits(store);
  await loaded.load();
  return { limits: loaded, store };
}
const by = (taskRun: string) => ({ taskRun, flowRunName: 'splendid-otter' });

/** `waiting` while it is. */
const now = ({ outcome }: SlotRequest) =>
  Promise.race([outcome.then(({ kind }) => kind), Promise.resolve().then(() => 'waiting')]);

describe('a limit', () => {
  it('lets as many hold a slot as it says, and the next when one gives back', async () => {
    const { limits } = await limitsOf({ 'tag:t': 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((one) => limits.request(['tag:t'], by(one)));
    expect([await now(a!), await now(b!), await now(c!)]).toEqual(['taken', 'taken', 'waiting']);
    expect(c!.waits).toEqual([
      { limit: 'tag:t', slots: 2, held: 2, holders: [by('a'), by('b')], before: 0 },
    ]);
    a!.end();
    a!.end();
    expect(await now(c!)).toBe('taken');
    expect(limits.status()).toMatchObject([{ held: 2, waiting: 0, holders: [by('b'), by('c')] }]);
  });

  it('that is not set holds nobody back, whoever waits for another', async () => {
    const { limits } = await limitsOf({ 'tag:t': 1 });
    limits.request(['tag:t'], by('a'));
    const both = limits.request(['tag:t', 'tag:free'], by('b'));
    const free = limits.request(['tag:free'], by('c'));
    expect([await now(both), await now(free)]).toEqual(['waiting', 'taken']);
    expect(both.waits.map(({ limit }) => limit)).toEqual(['tag:t']);
  });

  it('serves who came first, though a later one would fit', async () => {
    const { limits } = await limitsOf({ 'global:g': 2 });
    const one = limits.request(['global:g'], by('a'));
    const two = limits.request(['global:g'], by('b'), 2);
    const late = limits.request(['global:g'], by('c'));
    expect([await now(two), await now(late)]).toEqual(['waiting', 'waiting']);
    expect(late.waits[0]).toMatchObject({ held: 1, before: 1 });
    one.end();
    expect([await now(two), await now(late)]).toEqual(['taken', 'waiting']);
    two.end();
    expect(await now(late)).toBe('taken');
  });

  it('is taken together with the others or not at all', async () => {
    const { limits } = await limitsOf({ 'tag:a': 1, 'tag:b': 1 });
    const a = limits.request(['tag:a'], by('a'));
    const both = limits.request(['tag:a', 'tag:b'], by('both'));
    expect(limits.status().map(({ held }) => held)).toEqual([1, 0]);
    a.end();
    expect(await now(both)).toBe('taken');
    expect(limits.status().map(({ held }) => held)).toEqual([1, 1]);
  });

  it('counts once for a tag that is given twice', async () => {
    const { limits } = await limitsOf({ 'tag:a': 1 });
    expect(await now(limits.request(['tag:a', 'tag:a'], by('a')))).toBe('taken');
  });

  it('forgets who waits no more, and lets the next pass', async () => {
    const { limits } = await limitsOf({ 'global:g': 2 });
    limits.request(['global:g'], by('a'));
    const two = limits.request(['global:g'], by('b'), 2);
    const late = limits.request(['global:g'], by('c'));
    two.end();
    expect([await now(two), await now(late)]).toEqual(['withdrawn', 'taken']);
  });

  it('refuses what could never be had', async () => {
    const { limits } = await limitsOf({ 'tag:none': 0, 'global:g': 2 });
    expect(await limits.request(['tag:none'], by('a')).outcome).toEqual({
      kind: 'refused',
      limit: { name: 'tag:none', limit: 0 },
    });
    expect(await now(limits.request(['global:g'], by('a'), 3))).toBe('refused');
    expect(limits.status().map(({ held, waiting }) => held + waiting)).toEqual([0, 0]);
  });
});

describe('a slot that is kept for a task run', () => {
  const id = asTaskRunId('fr_1/1/a-0');

  it('is held until it is asked for, and then by who asked', async () => {
    const { limits } = await limitsOf({ 'tag:t': 1 });
    limits.keep(id, ['tag:t'], by('a'));
    const other = limits.request(['tag:t'], by('b'));
    expect(other.waits).toMatchObject([{ holders: [by('a')] }]);
    const again = limits.takeKept(id);
    expect(await now(again!)).toBe('taken');
    expect(limits.takeKept(id)).toBeUndefined();
    expect(await now(other)).toBe('waiting');
    again!.end();
    expect(await now(other)).toBe('taken');
  });

  it('is kept though the limit has no room for it any more', async () => {
    const { limits } = await limitsOf({ 'tag:t': 1 });
    for (const n of [0, 1]) limits.keep(asTaskRunId(`fr_1/1/a-${n}`), ['tag:t'], by(`a-${n}`));
    expect(limits.status()).toMatchObject([{ limit: 1, held: 2 }]);
  });
});

describe('a limit that is changed', () => {
  it('lets go on who waited when it is raised or taken away', async () => {
    const { limits } = await limitsOf({ 'tag:t': 1 });
    const [, b, c] = ['a', 'b', 'c'].map((one) => limits.request(['tag:t'], by(one)));
    await limits.set('tag:t', 2);
    expect([await now(b!), await now(c!)]).toEqual(['taken', 'waiting']);
    await limits.set('tag:t', undefined);
    expect(await now(c!)).toBe('taken');
  });

  it('gives each one slot, however far it is raised', async () => {
    for (const raised of [10, undefined]) {
      const { limits } = await limitsOf({ 'tag:t': 1 });
      const all = ['a', 'b', 'c'].map((one) => limits.request(['tag:t'], by(one)));
      await limits.set('tag:t', raised);
      await limits.set('tag:t', 1);
      expect(limits.status()).toMatchObject([{ held: 3, waiting: 0 }]);
      for (const one of all) one.end();
      expect(await now(limits.request(['tag:t'], by('d')))).toBe('taken');
    }
  });

  it('counts those who began before it was set, and sends nobody away when it is lowered', async () => {
    const { limits } = await limitsOf({});
    const [a, b] = ['a', 'b'].map((one) => limits.request(['tag:t'], by(one)));
    await limits.set('tag:t', 1);
    expect(limits.status()).toMatchObject([{ limit: 1, held: 2 }]);
    const c = limits.request(['tag:t'], by('c'));
    a!.end();
    expect(await now(c)).toBe('waiting');
    b!.end();
    expect(await now(c)).toBe('taken');
  });

  it('to 0 refuses who waits', async () => {
    const { limits } = await limitsOf({ 'tag:t': 1 });
    const a = limits.request(['tag:t'], by('a'));
    const b = limits.request(['tag:t'], by('b'));
    await limits.set('tag:t', 0);
    expect([await now(a), await now(b)]).toEqual(['taken', 'refused']);
  });

  it('is there when the engine starts again', async () => {
    const { limits, store } = await limitsOf({ 'tag:t': 1 });
    await limits.set('global:g', 3);
    await limits.set('tag:t', undefined);
    const again = new Limits(store);
    await again.load();
    expect(again.status()).toMatchObject([{ name: 'global:g', limit: 3, held: 0 }]);
  });

  it.each([
    ['training', 1, '"training" is not the name of a limit'],
    ['tag:', 1, '"tag:" is not the name of a limit'],
    ['deployment:x', 1, 'is not the name of a limit'],
    ['tag:t', -1, 'whole number from 0 to 10000, not -1'],
    ['tag:t', 1.5, 'not 1.5'],
    ['tag:t', NaN, 'not NaN'],
  ])('to something that makes no sense is refused: %s %s', async (name, limit, reason) => {
    const { limits } = await limitsOf({});
    expect(await limits.set(name, limit)).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
    expect(limits.status()).toEqual([]);
  });
});
