import { describe, expect, test } from 'vitest';
import { createCompiler } from '#compile/compiler.ts';
import {
  compile,
  FLOW,
  filesOf,
  programOf,
  saidAbout,
  sha256,
  textOf,
  withFlow,
} from './sources.ts';

describe('a compiled flow', () => {
  test('is its files by specifier, and the entry is the first of them', async () => {
    const program = await programOf({
      'flow.ts': withFlow("import { clean } from './features';\nclean();"),
      './features.ts': 'export const clean = (): string => "x";',
    });
    expect(program.entry).toBe('./flow.ts');
    expect(Object.keys(program.modules)).toEqual(['./flow.ts', './features.ts']);
  });

  test('has a piece of text more than imports, and the quotes stay in the text', async () => {
    const { modules } = await programOf({ 'flow.ts': FLOW });
    const { parts, imports, name } = modules['./flow.ts']!;
    expect(name).toBe('flow.ts');
    expect(imports).toEqual(['nightshift', 'nightshift/ml']);
    expect(parts).toHaveLength(3);
    expect(parts[0]).toBe("import { flow, number, task } from '");
    expect(parts[1]).toMatch(/^';\nimport { +gate, loadDataset, SentimentModel } from '$/);
  });

  test('stands on the lines it was written on', async () => {
    const { modules } = await programOf({ 'flow.ts': FLOW });
    const lines = textOf(modules['./flow.ts']!).split('\n');
    expect(lines).toHaveLength(FLOW.split('\n').length);
    expect(lines[12]).toBe("  'promote',");
    expect(lines[27]).toBe(');');
  });

  test('imports a file by one specifier, however the author writes it', async () => {
    const { modules } = await programOf({
      'flow.ts': withFlow("import { a } from './features';\nimport('./features.ts').then(a);"),
      'features.ts': 'export const a = 1;',
    });
    expect(modules['./flow.ts']!.imports).toEqual(['./features.ts', './features.ts', 'nightshift']);
  });

  test('has no imports that only types need', async () => {
    const { modules } = await programOf({
      'flow.ts': withFlow("import { Dataset } from 'nightshift/ml';\nlet a: Dataset;"),
    });
    expect(modules['./flow.ts']!.imports).toEqual(['nightshift']);
  });

  test('keeps imports that stand in a re-export, a side effect or a star', async () => {
    const { modules } = await programOf({
      'flow.ts': withFlow("import './a';\nexport { b } from './b';\nexport * from './c';"),
      'a.ts': '',
      'b.ts': 'export const b = 1;',
      'c.ts': 'export const c = 1;',
    });
    expect(modules['./flow.ts']!.imports).toEqual(['./a.ts', './b.ts', './c.ts', 'nightshift']);
  });

  test('is the same for the same files', async () => {
    expect(await compile({ 'flow.ts': FLOW })).toEqual(await compile({ 'flow.ts': FLOW }));
  });

  test('has a hash that changes with a letter', async () => {
    const [one, other] = [
      await programOf({ 'flow.ts': FLOW }),
      await programOf({ 'flow.ts': `${FLOW} ` }),
    ];
    expect(one.sourceHash).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(other.sourceHash).not.toBe(one.sourceHash);
  });

  test('says where its tasks are defined', async () => {
    expect(await compile({ 'flow.ts': FLOW })).toMatchObject({
      ok: true,
      taskLines: {
        extract: { first: 8, last: 10 },
        train: { first: 11, last: 11 },
        promote: { first: 12, last: 19 },
      },
    });
  });
});

describe('problems', () => {
  test('come all at once, from all files, in the order of files and lines', async () => {
    expect(
      await saidAbout({
        'flow.ts': "import { flwo } from 'nightshift';\nimport 'lodash';\nflwo();",
        'features.ts': 'const a: = 3;',
        'more.ts': "export * from './missing';",
      }),
    ).toEqual([
      expect.stringMatching(/^flow.ts:1:1 flow.ts has no default export/),
      expect.stringMatching(/^flow.ts:1:10 nightshift has no export 'flwo'/),
      expect.stringMatching(/^flow.ts:2:8 'lodash' cannot be imported/),
      expect.stringMatching(/^features.ts:1:10 Unexpected "="/),
      expect.stringMatching(/^more.ts:1:15 This flow has no file '.\/missing'/),
    ]);
  });

  test('name a file as stack traces do, without ./', async () => {
    const [said] = await saidAbout({ './flow.ts': 'let a; let a;' });
    expect(said).toMatch(/^flow.ts:1:12 /);
  });

  test('are found in a file that nothing imports', async () => {
    const said = await saidAbout({ 'flow.ts': FLOW, 'notes.ts': "import('x');" });
    expect(said).toEqual([expect.stringMatching(/^notes.ts:1:8 'x' cannot be imported/)]);
  });
});

describe('the entry', () => {
  test('must have a default export, and an example says how', async () => {
    expect(await saidAbout({ 'flow.ts': 'export const a = 1;' })).toEqual([
      'flow.ts:1:1 flow.ts has no default export, so there is no flow to run. ' +
        "Write export default flow({ name: 'my-flow' }, async () => { ... }), with import { flow } from 'nightshift'.",
    ]);
  });

  test('that defines a flow and keeps it to itself is told the line to add', async () => {
    const text = "import { flow } from 'nightshift';\nconst nightly = flow('n', () => {});";
    expect(await saidAbout({ 'flow.ts': text })).toEqual([
      'flow.ts:2:1 flow.ts has no default export, so there is no flow to run. Add export default nightly;',
    ]);
  });

  test('may export its default by name or from another file', async () => {
    const named =
      "import { flow } from 'nightshift';\nconst f = flow('f', () => {});\nexport { f as default };";
    expect(await saidAbout({ 'flow.ts': named })).toEqual([]);
    const passedOn = "export { default } from './nightly';";
    expect(await saidAbout({ 'flow.ts': passedOn, 'nightly.ts': named })).toEqual([]);
  });

  test('cannot export a type as its flow', async () => {
    const [said] = await saidAbout({ 'flow.ts': 'export default interface Flow {}' });
    expect(said).toContain('no default export');
  });

  test.each(['', ' \n\t\n'])('that is empty is called empty: %j', async (text) => {
    const [said] = await saidAbout({ 'flow.ts': text });
    expect(said).toMatch(/^flow.ts:1:1 flow.ts is empty. Write export default flow/);
  });
});

test('without lists of exports the names are not checked', async () => {
  const files = filesOf({ 'flow.ts': withFlow("import { flwo } from 'nightshift'; flwo();") });
  expect((await createCompiler(sha256).compile(files)).ok).toBe(true);
});
