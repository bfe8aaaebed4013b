import { beforeEach, expect, expectTypeOf, it } from 'vitest';
import { definitions } from '#sdk/definitions.ts';
import { boolean, flow, integer, number, task, text, type RunState } from '#sdk/nightshift.ts';

beforeEach(() => {
  definitions.open();
});

// Nothing is called here: what is asserted is what the type checker says, and it reads this file.

it('a flow takes its parameters by their kinds, and those with a default may be left out', () => {
  const parameters = { n: integer(), label: text({ default: 'x' }), share: number({ min: 0 }) };
  const child = flow({ name: 'child', parameters }, ({ n, label, share }) => {
    expectTypeOf({ n, label, share }).toEqualTypeOf<{ n: number; label: string; share: number }>();
    return label.repeat(n);
  });
  const calls = () => [
    child({ n: 1, share: 0.5 }),
    child({ n: 1, share: 0.5, label: 'y' }),
    // @ts-expect-error a parameter without a default is needed
    child({ n: 1 }),
    // @ts-expect-error a parameter without a default is needed
    child(),
    // @ts-expect-error a number is a number
    child({ n: '1', share: 0.5 }),
    // @ts-expect-error there is no such parameter
    child({ n: 1, share: 0.5, colour: 'red' }),
    // @ts-expect-error a future is to be awaited first
    child({ n: child.submit({ n: 1, share: 1 }), share: 0.5 }),
  ];
  expectTypeOf<ReturnType<typeof calls>>().toEqualTypeOf<Promise<string>[]>();
  expect(calls).toBeTypeOf('function');
});

it('a flow whose parameters all have defaults, or that has none, is called with nothing', () => {
  const open = flow(
    { name: 'open', parameters: { on: boolean({ default: true }) } },
    ({ on }) => on,
  );
  const bare = flow('bare', () => 1);
  const calls = () => [
    open(),
    open({}),
    open({ on: false }),
    bare(),
    // @ts-expect-error it has no parameters
    bare({ n: 1 }),
  ];
  expect(calls).toBeTypeOf('function');
});

it('a flow gives what its body returns', () => {
  const made = task('made', (n: number) => ({ n }));
  const asynchronous = flow('asynchronous', async () => made(1));
  const future = flow('future', () => made.submit(1));
  const state = flow('state', () => made.returnState(1));
  const several = flow('several', async () => [await made.returnState(1), made.submit(2)]);
  expectTypeOf(asynchronous).returns.resolves.toEqualTypeOf<{ n: number }>();
  expectTypeOf(future).returns.resolves.toEqualTypeOf<{ n: number }>();
  expectTypeOf(state).returns.resolves.toEqualTypeOf<{ n: number }>();
  expectTypeOf(several).returns.resolves.toEqualTypeOf<undefined>();
  expectTypeOf(state.returnState).returns.resolves.toEqualTypeOf<RunState<{ n: number }>>();
  const double = task('double', (value: { n: number }) => 2 * value.n);
  const passedOn = () => [
    double(asynchronous.submit()),
    // @ts-expect-error the result of a flow is what the task takes, or not
    double(several.submit()),
  ];
  expect(passedOn).toBeTypeOf('function');
});
