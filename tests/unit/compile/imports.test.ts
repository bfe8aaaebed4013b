import { describe, expect, test } from 'vitest';
import { programOf, saidAbout, withFlow, type Texts } from './sources.ts';

const flow = (text: string, more: Texts = {}) => saidAbout({ 'flow.ts': withFlow(text), ...more });

const ALLOWED =
  "A flow can import 'nightshift', 'nightshift/ml', '@tensorflow/tfjs' and its own files, like './features'.";

describe('imports', () => {
  test('of the libraries and of files of the flow are allowed', async () => {
    const text =
      "import * as tf from '@tensorflow/tfjs';\nimport './a';\nimport './a.ts';\ntf.tidy();";
    expect(await flow(text, { './a.ts': '' })).toEqual([]);
  });

  test.each([
    ['a package', "import x from 'lodash'; x();", 15],
    ['a part of a library', "import x from 'nightshift/secret'; x();", 15],
    ['an address', "import x from 'https://example.com/x.js'; x();", 15],
    ['an absolute path', "import x from '/x.js'; x();", 15],
    ['a folder above', "import x from '../x.ts'; x();", 15],
    ['a data address', "import('data:text/javascript,1');", 8],
    ['a package, passed on', "export { x } from 'lodash';", 19],
  ])('of %s are refused, with what is allowed and what to do', async (_what, text, column) => {
    const [said, ...others] = await flow(text);
    expect(said).toMatch(new RegExp(`^flow.ts:1:${column} '.*' cannot be imported. `));
    expect(said).toContain(ALLOWED);
    expect(said).toContain('Use one of these, or copy the code you need into a file of this flow.');
    expect(others).toEqual([]);
  });

  test('of a missing file name the files that are there', async () => {
    expect(await flow("import { a } from './missing'; a();", { 'features.ts': '' })).toEqual([
      "flow.ts:1:19 This flow has no file './missing': it has flow.ts, features.ts. " +
        `Add that file or correct the name. ${ALLOWED}`,
    ]);
  });

  test.each(['import(name);', 'import(`./a`);', 'import("./" + name);', 'import(1);'])(
    'whose name is not in plain quotes are refused: %s',
    async (text) => {
      const said = await flow(`const name = "./a";\nawait ${text}`, { 'a.ts': '' });
      expect(said).toEqual([`flow.ts:2:7 import(...) needs a name in plain quotes. ${ALLOWED}`]);
    },
  );

  test('cannot have attributes', async () => {
    const said = await flow("import './a' with { type: 'json' };\nimport('./a', { with: {} });", {
      'a.ts': '',
    });
    expect(said).toEqual([
      expect.stringMatching(/^flow.ts:1:8 .*Remove that part/),
      expect.stringMatching(/^flow.ts:2:8 .*Remove that part/),
    ]);
  });

  test('inside functions are found', async () => {
    const said = await flow(
      "const f = async () => {\n  const { x } = await import('left-pad');\n};",
    );
    expect(said).toEqual([expect.stringMatching(/^flow.ts:2:30 'left-pad' cannot/)]);
  });

  test('in comments and texts are none', async () => {
    expect(await flow("// import 'a'\n/* import('b') */\nconst t = `import 'c'`;")).toEqual([]);
  });

  test('of something that is never used are dropped unchecked, as the browser never sees them', async () => {
    expect(await flow("import _ from 'lodash';\nimport type { X } from './nowhere';")).toEqual([]);
  });

  test('are found behind escapes', async () => {
    const { modules } = await programOf({
      'flow.ts': withFlow("import { a } from './\\x61'; a();"),
      'a.ts': 'export const a = 1;',
    });
    expect(modules['./flow.ts']!.imports).toEqual(['./a.ts', 'nightshift']);
  });
});

test('import.meta is refused where it stands', async () => {
  const said = await flow('const a: number = 1;\nconst b: string = import.meta.url;');
  expect(said).toEqual([
    expect.stringMatching(/^flow.ts:2:19 import.meta does not exist in a flow/),
  ]);
});

describe('names', () => {
  test('that a library does not export are refused with the names it has', async () => {
    expect(await flow("import {\n  number,\n  flwo,\n} from 'nightshift';\nflwo(number);")).toEqual(
      ["flow.ts:3:3 nightshift has no export 'flwo': it has flow, number, task. Correct the name."],
    );
  });

  test('are checked under their own name, not under the one they get', async () => {
    expect(await flow("import { number as n, numbr as m } from 'nightshift';\nn(m);")).toEqual([
      expect.stringMatching(/^flow.ts:1:23 nightshift has no export 'numbr'/),
    ]);
  });

  test('are not checked for a library without a list, nor in a namespace', async () => {
    const text =
      "import { x } from '@tensorflow/tfjs';\nimport * as n from 'nightshift';\nx(n.flwo);";
    expect(await flow(text)).toEqual([]);
  });

  test('in place of a default export are proposed', async () => {
    expect(await flow("import nightshift from 'nightshift';\nnightshift();")).toEqual([
      'flow.ts:1:8 nightshift has no default export: it has flow, number, task. ' +
        'Import one of its names, in braces: import { ... }.',
    ]);
  });

  test('are checked against files of the flow too', async () => {
    const features = `export const a = 1, { b, c: [d, ...e], ...f } = g;
      export function h() {}
      export class K {}
      export { a as z };
      export * as all from './more';
      export * from './more';
      export enum Mode { Fast }`;
    const more = { 'features.ts': features, 'more.ts': 'export const deep = 1;' };
    const use = (names: string) => flow(`export { ${names} } from './features';`, more);
    expect(await use('a, b, d, e, f, h, K, z, all, deep, Mode')).toEqual([]);
    expect(await use('c')).toEqual([
      "flow.ts:1:10 features.ts has no export 'c': it has a, b, d, e, f, h, K, z, all, Mode, deep. " +
        'Correct the name or, if it is a type, write export type { c }.',
    ]);
  });

  test('passed on with a star leave the default behind', async () => {
    const said = await flow("import d from './a';\nd();", {
      'a.ts': "export * from './b';",
      'b.ts': 'export default 1;\nexport const b = 2;',
    });
    expect(said).toEqual([
      expect.stringMatching(/^flow.ts:1:8 a.ts has no default export: it has b\./),
    ]);
  });

  test('that a file lacks can be exported there', async () => {
    expect(await flow("import { a } from './features';\na();", { 'features.ts': '' })).toEqual([
      "flow.ts:1:10 features.ts has no export 'a': it exports nothing. Correct the name, or export it there.",
    ]);
  });

  test('are not guessed for a file that cannot be read or passes on what is unknown', async () => {
    const said = await flow("import { a } from './a';\nimport { b } from './b';\na(b);", {
      'a.ts': 'let a = ;',
      'b.ts': "export * from '@tensorflow/tfjs';",
    });
    expect(said).toEqual([expect.stringMatching(/^a.ts:1:9 /)]);
  });
});
