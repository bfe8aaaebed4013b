import { describe, expect, test } from 'vitest';
import { syntaxProblem } from '#compile/syntax-problem.ts';
import { problemsIn, saidAbout, withFlow } from './sources.ts';

const flow = (text: string) => saidAbout({ 'flow.ts': withFlow(text) });
const file = { name: './flow.ts', text: 'let a' };
const place = (at: { line: number; column: number }) => ({ file: 'flow.ts', ...at });

describe('what is wrong is said at its line and column of the TypeScript', () => {
  test.each([
    ['a missing type', 'const a: = 3;', '1:10 Unexpected "=". Correct it here or just before'],
    [
      'a name declared twice',
      'const a: number = 1; const a = 2;',
      "1:28 Identifier 'a' has already been",
    ],
    [
      'on a later line',
      'type A = {\n  b: string };\nlet x: A, x;',
      "3:11 Identifier 'x' has already",
    ],
    ['await in a plain function', 'function f(a: string) { await 1 }', '1:25 '],
    [
      'a decorator',
      'const a = 1 as const; @dec class A {}',
      "1:23 Unexpected character '@'. Decorators are",
    ],
    [
      'an export of nothing',
      'export { nothing };',
      "1:10 Export 'nothing' is not defined. Define it",
    ],
    ['return at the top', 'return 3;', "1:1 'return' outside of function. Move it"],
    [
      'a missing colon',
      'f({ retries 2, a: 1 });',
      '1:14 Unexpected ",". Correct it here or just before',
    ],
    ['= in place of =>', "f('x', ({ a }: T) = a);", '1:8 Assigning to rvalue. Left of = stands'],
    [
      'a sign nobody knows',
      'let a = 1 § 2;',
      '1:11 Unexpected "§" where ";" should be. Correct it here',
    ],
  ])('%s', async (_what, text, said) => {
    expect((await flow(text))[0]?.slice('flow.ts:'.length)).toMatch(
      new RegExp(`^${said.replaceAll(/[.*?()[\]{}]/g, String.raw`\$&`)}`),
    );
  });
});

test('await in a plain function is told the word to write', async () => {
  const [said] = await flow('function f() { await 1 }');
  expect(said).toMatch(/Write async before the function around it\.$/);
});

test('a file that stops in the middle is told so', async () => {
  const said = await saidAbout({ 'flow.ts': 'const f: number =\n' });
  expect(said).toEqual(['flow.ts:2:1 The file ends too early. Finish its last statement.']);
});

test('the place is right on Windows line ends and behind a byte order mark', async () => {
  const [said] = await flow('\uFEFFlet a: number;\r\nlet b: string, a;\r\n');
  expect(said).toMatch(/^flow.ts:2:16 Identifier 'a'/);
});

test('a place is always inside the text, also where acorn sees more lines than editors do', async () => {
  const [said] = await saidAbout({ 'flow.ts': 'let a;\u2028let a;' });
  expect(said).toMatch(/^flow.ts:1:5 Identifier 'a'/);
});

test('what sucrase inserted is placed inside the line it was made from', async () => {
  const [said] = await flow('enum A {\n  a,\n  a }');
  expect(said).toMatch(/^flow.ts:3:6 Identifier 'a' has already/);
  const text = 'class A extends B {\n  constructor(private a: number) { }\n}';
  const [problem] = await problemsIn({ 'flow.ts': withFlow(`${text}\nlet B; let B;`) });
  expect(problem?.position).toEqual({ file: 'flow.ts', line: 4, column: 12 });
});

describe('surprises of the parsers', () => {
  test('become a problem without a place that names the file and says what to try', () => {
    expect(syntaxProblem(file, new TypeError('undefined is not an object'), place)).toEqual({
      message:
        'flow.ts could not be read as TypeScript, and the parser cannot say where it went wrong ' +
        '(undefined is not an object). Undo the last change, or look for a sign that does not belong there.',
    });
  });

  test('may be anything that can be thrown', () => {
    for (const thrown of [
      'text',
      undefined,
      null,
      { loc: 3 },
      Object.assign(new Error('e'), { loc: {} }),
    ])
      expect(syntaxProblem(file, thrown, place)).not.toHaveProperty('position');
  });

  test('of too deep nesting say so in every browser', async () => {
    const [said] = await flow(`const a = ${'['.repeat(20_000)}${']'.repeat(20_000)};`);
    expect(said).toMatch(/^flow.ts is nested too deeply to be read. Take the innermost parts out/);
    const firefox = Object.assign(new Error('too much recursion'), { name: 'InternalError' });
    expect(syntaxProblem(file, firefox, place).message).toContain('nested too deeply');
  });
});
