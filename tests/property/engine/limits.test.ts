import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Limits, type SlotRequest } from '#engine/limits.ts';
import { createMemoryStore } from '#storage/memory-store.ts';

const NAMES = ['tag:a', 'tag:b', 'global:c', 'tag:unlimited'];

type Step =
  | { readonly kind: 'ask'; readonly names: readonly string[]; readonly slots: number }
  /** Of those who hold or wait, this one. */
  | { readonly kind: 'end'; readonly who: number }
  | { readonly kind: 'set'; readonly name: string; readonly limit: number | undefined };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
        slots: fc.constantFrom(1, 1, 1, 2),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), who: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        name: fc.constantFrom('tag:a', 'tag:b', 'global:c'),
        limit: fc.constantFrom(0, 1, 2, 2, 3, 8, undefined),
      }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

interface Asked {
  readonly names: readonly string[];
  readonly slots: number;
  readonly order: number;
  readonly request: SlotRequest;
  is: 'waiting' | 'taken' | 'refused' | 'withdrawn';
}

/** Limits, and a record of everyone who asked. */
class World {
  readonly limits = new Limits(createMemoryStore());
  readonly all: Asked[] = [];
  /** In the order in which they were served. */
  readonly served: Asked[] = [];

  async do(step: Step): Promise<void> {
    if (step.kind === 'set') await this.limits.set(step.name, step.limit);
    else if (step.kind === 'ask') this.#ask(step);
    else this.#end(step.who);
    await new Promise((resolve) => setImmediate(resolve));
  }

  #ask({ names, slots }: Extract<Step, { kind: 'ask' }>): void {
    const order = this.all.length;
    const request = this.limits.request(names, { flowRunName: `run-${order}` }, slots);
    const asked: Asked = { names, slots, order, request, is: 'waiting' };
    this.all.push(asked);
    void request.outcome.then(({ kind }) => {
      asked.is = kind;
      if (kind === 'taken') this.served.push(asked);
    });
  }

  #end(who: number): void {
    const open = this.all.filter((one) => one.is === 'waiting' || one.is === 'taken');
    const one = open[who % Math.max(1, open.length)];
    one?.request.end();
    if (one?.is === 'taken') one.is = 'withdrawn';
  }

  held(name: string): number {
    return this.all
      .filter(({ is, names }) => is === 'taken' && names.includes(name))
      .reduce((sum, { slots }) => sum + slots, 0);
  }
}

/** No limit is taken away. */
const alwaysLimited = steps.map((all) =>
  all.filter((step) => step.kind !== 'set' || step.limit !== undefined),
);

const check = (
  holds: (world: World, before: ReadonlyMap<string, number>) => void,
  given: typeof steps = steps,
) =>
  fc.assert(
    fc.asyncProperty(given, async (steps) => {
      const world = new World();
      for (const name of ['tag:a', 'tag:b', 'global:c']) await world.limits.set(name, 2);
      for (const step of steps) {
        const before = new Map(NAMES.map((name) => [name, world.held(name)]));
        await world.do(step);
        holds(world, before);
      }
    }),
    { numRuns: 150 },
  );

it('never are more slots held than a limit has, but for those held before it was lowered', async () => {
  await check((world, before) => {
    for (const { name, limit, held } of world.limits.status()) {
      expect(held).toBe(world.held(name));
      expect(held).toBeLessThanOrEqual(Math.max(limit, before.get(name) ?? 0));
    }
  });
});

it('nobody waits without a reason: a limit is full for him, or someone came before him', async () => {
  await check((world) => {
    const status = new Map(world.limits.status().map((one) => [one.name, one]));
    for (const one of world.all.filter(({ is }) => is === 'waiting')) {
      const reasons = one.names.filter((name) => {
        const { limit = Infinity, held = 0 } = status.get(name) ?? {};
        const before = world.all.some(
          (other) =>
            other.is === 'waiting' && other.order < one.order && other.names.includes(name),
        );
        return held + one.slots > limit || (before && status.has(name));
      });
      expect(reasons).not.toEqual([]);
    }
  });
});

it('of two that want the same limit, the first is served first', async () => {
  await check(({ all, served }) => {
    const waiting = all.filter(({ is }) => is === 'waiting');
    const shares = (one: Asked, other: Asked) =>
      one.names.some((name) => name !== 'tag:unlimited' && other.names.includes(name));
    for (const one of served)
      expect(waiting.filter((other) => other.order < one.order && shares(one, other))).toEqual([]);
  }, alwaysLimited);
});

it('everyone is served or refused in the end, and no slot is lost', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const world = new World();
      for (const name of ['tag:a', 'tag:b', 'global:c']) await world.limits.set(name, 2);
      for (const step of steps) await world.do(step);
      const open = () => world.all.filter(({ is }) => is === 'waiting').length;
      for (let turns = 0; turns <= world.all.length && open() > 0; turns++)
        for (const one of world.all)
          if (one.is === 'taken') {
            one.request.end();
            one.is = 'withdrawn';
            await new Promise((resolve) => setImmediate(resolve));
          }
      expect(open()).toBe(0);
      for (const one of world.all) one.request.end();
      expect(world.limits.status().every(({ held, waiting }) => held + waiting === 0)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
