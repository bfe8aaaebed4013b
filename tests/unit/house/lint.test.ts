import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { layerRules } from '#scripts/layer-rules.mjs';
import tseslint from 'typescript-eslint';

/** Only the layer rules: the rest of the configuration needs types, which a snippet has not. */
const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } },
    ...layerRules(),
  ],
});

async function rulesBroken(filePath: string, code: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map((one) => one.ruleId ?? one.message) ?? ['not linted'];
}

const IMPORT = ['no-restricted-imports'];
const SYNTAX = ['no-restricted-syntax'];

describe('the linter refuses', () => {
  it.each([
    ['what a layer may not import', 'src/domain/a.ts', `import '#engine/b.ts'`, IMPORT],
    ['a type from there', 'src/domain/a.ts', `import type { B } from '#engine/b.ts'`, IMPORT],
    ['passing it on', 'src/domain/a.ts', `export * from '#engine/b.ts'`, IMPORT],
    ['loading it later', 'src/domain/a.ts', `void import('#engine/b.ts')`, SYNTAX],
    ['a type written as an import', 'src/domain/a.ts', `let x: import('#engine/b.ts').B`, SYNTAX],
    ['a package of another layer', 'src/engine/a.ts', `import { openDB } from 'idb'`, IMPORT],
    ['a part of such a package', 'src/ui/views/a.ts', `import 'comlink/dist/x'`, IMPORT],
    ['a package of nobody', 'src/ml/a.ts', `import 'left-pad'`, IMPORT],
    ['a name that only begins like its package', 'src/storage/a.ts', `import 'idb-keyval'`, IMPORT],
    ['Node', 'src/workers/a.ts', `import 'node:fs'`, IMPORT],
    ['a way up', 'src/ui/views/a.ts', `import '../parts/b.ts'`, IMPORT],
    ['a way up and down', 'src/ui/a.ts', `import './views/../b.ts'`, IMPORT],
    ['its own layer by name', 'src/engine/a.ts', `import '#engine/b.ts'`, IMPORT],
    ['internals from a flow', 'src/flows/a.ts', `import '#ml/b.ts'`, IMPORT],
    ['any other package in a flow', 'src/flows/a.ts', `import '@tensorflow/tfjs-core'`, IMPORT],
    ['an address of another layer', 'src/ui/a.ts', `import x from '#flows/b.ts?raw'`, IMPORT],
    ['the ui from a worker', 'src/workers/a.ts', `import '#ui/main.ts'`, IMPORT],
    ['a clock in the engine', 'src/engine/a.ts', `export const x = Date.now()`, SYNTAX],
    ['a clock in a date', 'src/domain/a.ts', `export const x = new Date()`, SYNTAX],
    ['chance in the compiler', 'src/compile/a.ts', `export const x = Math.random()`, SYNTAX],
    [
      'the browser in the engine',
      'src/engine/a.ts',
      `indexedDB.open('x')`,
      ['no-restricted-globals'],
    ],
    ['an enum', 'src/ui/a.ts', `enum A { B }`, SYNTAX],
    ['a barrel', 'src/domain/index.ts', `export const x = 1`, SYNTAX],
    ['a vague name', 'src/engine/run-helpers.ts', `export const x = 1`, SYNTAX],
    ['a vague folder', 'src/ui/common/a.ts', `export const x = 1`, SYNTAX],
  ])('%s', async (_what, filePath, code, broken) => {
    expect(await rulesBroken(filePath, code)).toEqual(broken);
  });

  it('a timer in the engine, both as time and as a browser global', async () => {
    const broken = await rulesBroken('src/engine/a.ts', `setTimeout(() => 1, 5)`);
    expect(broken.toSorted()).toEqual(['no-restricted-globals', 'no-restricted-syntax']);
  });
});

describe('the linter allows', () => {
  it.each([
    ['a neighbour', 'src/engine/a.ts', `import './b.ts'`],
    ['a layer below', 'src/engine/a.ts', `import '#domain/b.ts'`],
    ['its package and parts of it', 'src/ml/a.ts', `import '@tensorflow/tfjs-core/dist/x.js'`],
    ['its own layer by name from a folder in it', 'src/ui/views/a.ts', `import '#ui/parts/b.ts'`],
    [
      'what authors import, in a flow',
      'src/flows/a.ts',
      `import 'nightshift'; import 'nightshift/ml'`,
    ],
    ['an address where the page begins', 'src/ui/main.ts', `import x from '#flows/b.ts?raw'`],
    ['a worker address in rpc', 'src/rpc/a.ts', `import x from '#workers/b.ts?worker&url'`],
    ['what the build makes', 'src/ui/main.ts', `import x from 'virtual:y'`],
    ['a given instant', 'src/domain/a.ts', `export const x = (at: number) => new Date(at)`],
    ['a type of the browser in a port', 'src/domain/a.ts', `export type X = MessagePort`],
    ['a clock elsewhere', 'src/workers/a.ts', `export const x = Date.now()`],
  ])('%s', async (_what, filePath, code) => {
    expect(await rulesBroken(filePath, code)).toEqual([]);
  });
});
