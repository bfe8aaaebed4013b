/**
 * The layer map. ESLint refuses what it does not allow, and a test holds it equal to the folders under `src` and to the
 * table in ARCHITECTURE.md.
 *
 * @typedef {object} Layer
 * @property {string} folder
 * @property {string} what
 * @property {readonly string[]} mayImport other layers, by the name of their folder
 * @property {readonly string[]} owns packages that no other layer imports; `@scope/*` is all of a scope
 * @property {Readonly<Record<string, string>>} [aliases] the only names by which it imports the layers it may import
 */

/** @type {readonly Layer[]} */
export const LAYERS = [
  {
    folder: 'src/domain',
    what: 'ids, states, records, events and their fold, failures, policies, ports, protocols, links',
    mayImport: [],
    owns: ['valibot'],
  },
  {
    folder: 'src/engine',
    what: 'transitions, flow and task runners, retries, recovery, scheduler',
    mayImport: ['domain'],
    owns: ['croner', 'cronstrue'],
  },
  {
    folder: 'src/storage',
    what: 'IndexedDB and memory stores: schema, migrations, transactions',
    mayImport: ['domain'],
    owns: ['idb'],
  },
  {
    folder: 'src/ingest',
    what: 'files and pasted text to rows: formats, encodings, columns, label mapping, counts',
    mayImport: ['domain'],
    owns: ['papaparse', 'hyparquet', 'hyparquet-compressors'],
  },
  {
    folder: 'src/compile',
    what: 'TypeScript to linked modules, positions of errors, source hashes',
    mayImport: ['domain'],
    owns: ['sucrase', 'acorn'],
  },
  {
    folder: 'src/sdk',
    what: 'what authors import as `nightshift`; runs in author workers',
    mayImport: ['domain'],
    owns: [],
  },
  {
    folder: 'src/ml',
    what: 'what authors import as `nightshift/ml`, and `predict` without TensorFlow.js',
    mayImport: ['domain'],
    owns: ['@tensorflow/*', '@noble/hashes', 'fflate'],
  },
  {
    folder: 'src/sandbox',
    what: 'frame and worker boot: the untrusted side, tiny',
    mayImport: ['domain'],
    owns: [],
  },
  {
    folder: 'src/rpc',
    what: 'Comlink connect and expose, the author ports, codec',
    mayImport: ['domain'],
    owns: ['comlink', '@msgpack/msgpack'],
  },
  {
    folder: 'src/workers',
    what: 'entry files: the only places where the pieces meet',
    mayImport: [
      'domain',
      'engine',
      'storage',
      'ingest',
      'compile',
      'sdk',
      'ml',
      'sandbox',
      'rpc',
      'flows',
    ],
    owns: [],
  },
  {
    folder: 'src/flows',
    what: 'built-in flows, shown to people as source',
    mayImport: ['sdk', 'ml'],
    owns: [],
    aliases: { nightshift: 'sdk', 'nightshift/ml': 'ml', '@tensorflow/tfjs': 'ml' },
  },
  {
    folder: 'src/ui',
    what: 'views, parts, live facades, layout, theme',
    mayImport: ['domain', 'rpc'],
    owns: ['svelte', '@lucide/svelte', '@fontsource-variable/*', 'markdown-it', 'dompurify'],
  },
];

/** The last part of a layer's folder: what stands in `#domain/ids.ts`. @param {Layer} layer */
export const layerName = (layer) => layer.folder.replace('src/', '');
