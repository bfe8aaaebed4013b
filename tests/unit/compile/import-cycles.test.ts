import { expect, test } from 'vitest';
import { findCycles } from '#compile/import-cycles.ts';
import { saidAbout, withFlow } from './sources.ts';

test('files that import each other in a circle are refused, with the circle and its last import', async () => {
  const said = await saidAbout({
    'flow.ts': withFlow("import './a';"),
    'a.ts': "\nimport './b';",
    'b.ts': "\n\nimport './a.ts';",
  });
  expect(said).toEqual([
    'b.ts:3:8 These files import each other in a circle: a.ts -> b.ts -> a.ts. ' +
      'Move what they share into a file of its own.',
  ]);
});

test('a circle through import() is one too', async () => {
  const [said] = await saidAbout({
    'flow.ts': withFlow("import './a';"),
    'a.ts': "export const back = () => import('./flow');",
  });
  expect(said).toMatch(/^a.ts:1:34 .*flow.ts -> a.ts -> flow.ts/);
});

test('a file that imports itself is told to stop', async () => {
  const said = await saidAbout({ 'flow.ts': withFlow("import './flow';") });
  expect(said).toEqual(['flow.ts:1:8 flow.ts imports itself. Remove this import.']);
});

test('files that pass on all of each other end as a circle, not as an endless search', async () => {
  const said = await saidAbout({
    'flow.ts': withFlow("import { x } from './a';\nx();"),
    'a.ts': "export * from './b';",
    'b.ts': "export * from './a';",
  });
  expect(said).toEqual([
    expect.stringContaining("a.ts has no export 'x'"),
    expect.stringContaining('a.ts -> b.ts -> a.ts'),
  ]);
});

test('two ways to one file are no circle', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', []],
  ]);
  expect(findCycles(graph)).toEqual([]);
});

test('each import that closes a circle is named once', () => {
  const graph = new Map([
    ['a', ['b', 'b']],
    ['b', ['c', 'a']],
    ['c', ['a', 'a', 'c']],
  ]);
  expect(findCycles(graph)).toEqual([
    ['a', 'b', 'c', 'a'],
    ['c', 'c'],
    ['a', 'b', 'a'],
  ]);
});
