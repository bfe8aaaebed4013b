import { describe, expect, test } from 'vitest';
import { compile, withFlow } from './sources.ts';

async function linesIn(text: string) {
  const result = await compile({ 'flow.ts': withFlow(text) });
  return result.ok ? result.taskLines : result.problems;
}

const TASK = "import { task } from 'nightshift';";

describe('a task is found', () => {
  test.each([
    ['by its first argument', "const a = task('x', () => {});"],
    ['by a name in backticks', 'const a = task(`x`, () => {});'],
    ['by the name in its options', "const a = task({ retries: 1, 'name': 'x' }, () => {});"],
    ['when it is exported', "export const a = task('x', () => {});"],
    ['when its variable has a type', "const a: Task<[], void> = task<void>('x', () => {});"],
  ])('%s', async (_how, text) => {
    expect(await linesIn(`${TASK}\n${text}`)).toEqual({ x: { first: 2, last: 2 } });
  });

  test('under another name of the function, and in a namespace', async () => {
    const renamed = "import { task as t } from 'nightshift';\nconst a = t('x', () => {});";
    expect(await linesIn(renamed)).toEqual({ x: { first: 2, last: 2 } });
    const namespace = "import * as n from 'nightshift';\nconst a = n.task('x', () => {});";
    expect(await linesIn(namespace)).toEqual({ x: { first: 2, last: 2 } });
  });

  test('from the first to the last line of its statement, types included', async () => {
    const text = `${TASK}
interface Row {
  readonly text: string;
}
export const a =
  task({
    name: 'x' },
  (
    rows: Row[],
  ) => rows,
);
`;
    expect(await linesIn(text)).toEqual({ x: { first: 5, last: 11 } });
  });

  test('on its own lines in a declaration of several', async () => {
    const text = `${TASK}\nconst\n  a = task('x', () => {}),\n  b = task('y', () => {});`;
    expect(await linesIn(text)).toEqual({
      x: { first: 3, last: 3 },
      y: { first: 4, last: 4 },
    });
  });

  test('where it stands first, when two have one name', async () => {
    const text = `${TASK}\nconst a = task('x', () => {});\nconst b = task('x', () => {});`;
    expect(await linesIn(text)).toEqual({ x: { first: 2, last: 2 } });
  });

  test('under a name that objects already have', async () => {
    const lines = await linesIn(`${TASK}\nconst a = task('__proto__', () => {});`);
    expect(Object.entries(lines)).toEqual([['__proto__', { first: 2, last: 2 }]]);
  });
});

describe('a task is not guessed', () => {
  test.each([
    ['its name is computed', 'const n = "x"; const a = task(n, () => {});'],
    ['its name is put together', 'const a = task(`x${1}`, () => {});'],
    ['its options are elsewhere', 'const o = { name: "x" }; const a = task({ ...o }, () => {});'],
    [
      'its options have a computed key',
      'const name = "y"; const a = task({ [name]: "x" }, () => {});',
    ],
    ['the function is looked up', 'const n = {}; const a = n[task]("x", () => {});'],
    ['it stands in a function', 'function f() { const a = task("x", () => {}); }'],
    ['another function makes it', 'const a = other("x", () => {}); function other() {}'],
    ['it has no arguments', 'const a = task();'],
  ])('when %s', async (_why, text) => {
    expect(await linesIn(`${TASK}\n${text}\ntask;`)).toEqual({});
  });
});
