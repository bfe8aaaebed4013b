import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LAYERS, layerName, type Layer } from '#scripts/layers.mjs';

const names = LAYERS.map(layerName);
const row = (folder: string, mayImport: readonly string[], owns: readonly string[]) => ({
  folder,
  mayImport: [...mayImport].sort(),
  owns: [...owns].sort(),
});
const rowOf = (layer: Layer) => row(layer.folder, layer.mayImport, layer.owns);

describe('the layer map', () => {
  it('names exactly the folders of src', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(names.toSorted()).toEqual(folders.map((one) => one.name).sort());
  });

  it('has nothing that points back', () => {
    const met = new Set<string>();
    for (const layer of LAYERS.toSorted((a, b) => a.mayImport.length - b.mayImport.length)) {
      expect(layer.mayImport.filter((one) => !met.has(one))).toEqual([]);
      met.add(layerName(layer));
    }
  });

  it('gives each dependency to exactly one layer', () => {
    const owned = LAYERS.flatMap((layer) => layer.owns);
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const owners = (name: string) => owned.filter((one) => covers(one, name));
    expect(Object.keys(dependencies).filter((name) => owners(name).length !== 1)).toEqual([]);
    const installed = Object.keys({ ...dependencies, ...devDependencies });
    expect(owned.filter((one) => !installed.some((name) => covers(one, name)))).toEqual([]);
  });

  it('is the table of ARCHITECTURE.md', () => {
    const rows = tableOf(readFileSync('ARCHITECTURE.md', 'utf8'));
    expect(rows).toEqual(LAYERS.map(rowOf));
  });
});

const covers = (owned: string, name: string) =>
  owned === name || (owned.endsWith('/*') && name.startsWith(owned.slice(0, -1)));

/** The rows `| \`src/x\` | what | may import | owns package |`. */
function tableOf(markdown: string) {
  const rows = markdown.matchAll(/^\| *`(src\/\w+)` *\|[^|]*\|([^|]*)\|([^|]*)\|$/gm);
  return [...rows].map(([, folder = '', mayImport = '', owns = '']) =>
    row(folder, layersIn(mayImport, folder), wordsIn(owns)),
  );
}

/** `domain, rpc`, `nothing` or `all but ui`. */
function layersIn(cell: string, folder: string): readonly string[] {
  const words = wordsIn(cell);
  const [, left] = /^all but (.+)$/.exec(words.join(', ')) ?? [];
  if (left === undefined) return words;
  return names.filter((name) => !left.includes(name) && `src/${name}` !== folder);
}

const wordsIn = (cell: string): readonly string[] =>
  cell
    .replaceAll('`', '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'nothing');
