import { describe, expect, test } from 'vitest';
import { compile, withFlow } from './sources.ts';

const TASK = "import { task } from 'nightshift';";

async function sourcesIn(files: Readonly<Record<string, string>>) {
  const result = await compile(files);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
  return result.taskSources;
}

const sourceOf = async (text: string) =>
  (await sourcesIn({ 'flow.ts': withFlow(`${TASK}\n${text}`) }))['x'];

describe('the inputs of a task', () => {
  test.each([
    ['of an arrow function', "const a = task('x', (one, two = 2) => {});"],
    ['of a function', "const a = task('x', function (one, two = 2) {});"],
    ['of a function that is named', "function f(one, two = 2) {}\nconst a = task('x', f);"],
    ['of a constant that is named', "const f = (one, two = 2) => {};\nconst a = task('x', f);"],
    ['with types', "const a = task('x', (one: Row[], two: number = 2): void => {});"],
  ])('are those %s', async (_how, text) => {
    const source = await sourceOf(text);
    expect(source?.inputs).toEqual([{ name: 'one' }, { name: 'two', default: 2 }]);
  });

  test('take their places where they are destructured, and say what takes the rest', async () => {
    const source = await sourceOf("const a = task('x', ({ train }, [b] = [], ...others) => {});");
    expect(source?.inputs).toEqual([
      { name: 'argument 1' },
      { name: 'argument 2' },
      { name: 'others', rest: true },
    ]);
  });
});

describe('the source of a task', () => {
  const hashOf = async (text: string) => (await sourceOf(text))?.hash;
  const task = "const a = task('x', () => help(1));";

  test('is the same when other text changes', async () => {
    expect(await hashOf(`${task} const other = 1;`)).toBe(await hashOf(`${task} const other = 2;`));
  });

  test('differs when its function or its options change', async () => {
    const texts = [
      task,
      "const a = task('x', () => help(2));",
      "const a = task({ name: 'x', retries: 1 }, () => help(1));",
      "const f = () => help(1);\nconst a = task('x', f);",
      "const f = () => help(2);\nconst a = task('x', f);",
    ];
    expect(new Set(await Promise.all(texts.map(hashOf))).size).toBe(texts.length);
  });

  test('differs when a file changes that its module imports, however far', async () => {
    const files = (deep: string, aside = '') => ({
      'flow.ts': withFlow(`${TASK}\nimport { help } from './help';\n${task}`),
      'help.ts': "import { deep } from './deep';\nexport const help = deep;",
      'deep.ts': deep,
      'aside.ts': `export const aside = 1; ${aside}`,
    });
    const hash = async (deep: string, aside?: string) =>
      (await sourcesIn(files(deep, aside)))['x']?.hash;
    const before = await hash('export const deep = (n: number) => n;');
    expect(await hash('export const deep = (n: number) => n + 1;')).not.toBe(before);
    expect(await hash('export const deep = (n: number) => n;', '// new')).toBe(before);
  });
});
