import globals from 'globals';
import { LAYERS, layerName } from './layers.mjs';

/**
 * The layer map as ESLint rules. Patterns are regular expressions: a `group` that begins with # silently matches nothing.
 *
 * @typedef {import('./layers.mjs').Layer} Layer
 * @typedef {{ regex: string, message: string }} Pattern
 * @typedef {{ selector: string, message: string }} Ban
 */

/** Addresses and texts of other layers, and what the build makes: not code of that layer. */
const ADDRESS = String.raw`(?!virtual:|.*\?(?:worker(?:&url)?|raw|url)$)`;
const MAY_IMPORT_ADDRESSES = ['src/ui/main.ts', 'src/ui/flow-sources.ts', 'src/rpc/**'];

/** @type {Pattern} */
const NO_PARENT = {
  regex: String.raw`^\.\.(?:/|$)|/\.\./`,
  message: 'Write #layer/file.ts across layers and ./file.ts inside one.',
};

/** @type {Ban[]} */
const BANS = [
  { selector: 'TSEnumDeclaration', message: 'Write a union of literals in place of an enum.' },
];

/** Below workers/ time, randomness and ids are passed in. @type {Ban[]} */
const IMPURE = [
  ban('MemberExpression[object.name="Date"][property.name="now"]', 'Time', 'a Clock'),
  ban('NewExpression[callee.name="Date"][arguments.length=0]', 'Time', 'a Clock'),
  ban('CallExpression[callee.name="Date"]', 'Time', 'a Clock'),
  ban('MemberExpression[object.name="Math"][property.name="random"]', 'Randomness', 'Entropy'),
  ban('MemberExpression[object.name="crypto"]', 'Randomness', 'Entropy or Hasher'),
  ban('MemberExpression[object.name="performance"]', 'Time', 'a Clock'),
  ban('CallExpression[callee.name=/^set(?:Timeout|Interval)$/]', 'Waiting', 'a Clock'),
];

/** Computation without a world around it: the only globals besides those of the language. */
const PLAIN_GLOBALS = ['TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask'];

/** @param {string} selector @param {string} what @param {string} port @returns {Ban} */
function ban(selector, what, port) {
  return { selector, message: `${what} is passed in, as ${port}.` };
}

/**
 * Rules for every file of the project, and for each layer.
 * @returns {import('eslint').Linter.Config[]}
 */
export function layerRules() {
  return [
    { rules: importRules([NO_PARENT], BANS) },
    ...LAYERS.flatMap(rulesOfLayer),
    ...['src/domain', 'src/engine'].map(withoutBrowser),
    forbiddenNames(),
  ];
}

/** @param {Layer} layer @returns {import('eslint').Linter.Config[]} */
function rulesOfLayer(layer) {
  const name = layerName(layer);
  const bans = ['domain', 'engine', 'compile'].includes(name) ? [...BANS, ...IMPURE] : BANS;
  const rules = (/** @type {boolean} */ nested, address = '') =>
    importRules([NO_PARENT, ...patternsOf(layer, nested, address)], bans);
  return [
    { files: [`${layer.folder}/*`], rules: rules(false) },
    { files: [`${layer.folder}/*/**`], rules: rules(true) },
    ...MAY_IMPORT_ADDRESSES.filter((path) => path.startsWith(`${layer.folder}/`)).map((path) => ({
      files: [path],
      rules: rules(false, ADDRESS),
    })),
  ];
}

/**
 * @param {Layer} layer
 * @param {boolean} nested in a folder of the layer, where `./` does not reach the others
 * @param {string} address what is let through besides, as the start of a regular expression
 * @returns {Pattern[]}
 */
function patternsOf(layer, nested, address) {
  const own = layerName(layer);
  const aliases = Object.keys(layer.aliases ?? {});
  const layers = layer.aliases ? [] : layer.mayImport;
  const reachable = nested ? [...layers, own] : layers;
  const packages = [...layer.owns, ...aliases.filter((alias) => alias.startsWith('@'))];
  const named = aliases.filter((alias) => !alias.startsWith('@'));
  return [
    {
      regex: `^${address}#(?!(?:${anyOf(reachable)})/[^?]+$)`,
      message: `${layer.folder} may import: ${listed([...layers, ...aliases])} (scripts/layers.mjs).`,
    },
    {
      regex: `^${address}(?![.#]|(?:${anyOf(packages.map(packagePattern))})(?:/[^?]+)?$|(?:${anyOf(named)})$)`,
      message: `${layer.folder} may use the packages: ${listed([...layer.owns, ...aliases])} (scripts/layers.mjs).`,
    },
  ];
}

/** `a|b`; of nothing, a pattern that never matches. @param {readonly string[]} choices */
const anyOf = (choices) => (choices.length > 0 ? choices.join('|') : '(?!)');

/** @param {readonly string[]} names */
const listed = (names) => (names.length > 0 ? names.join(', ') : 'nothing');

/** @param {string} name */
const packagePattern = (name) => name.replace('*', '[^/]+');

/**
 * @param {Pattern[]} patterns
 * @param {Ban[]} bans
 * @returns {import('eslint').Linter.RulesRecord}
 */
function importRules(patterns, bans) {
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', ...bans, ...patterns.flatMap(dynamicImport)],
  };
}

/** no-restricted-imports sees neither `import()` nor types written `import('...')`. @param {Pattern} pattern */
function dynamicImport({ regex, message }) {
  const value = `Literal[value=/${regex.replaceAll('/', String.raw`\x2F`)}/]`;
  return [
    { selector: `ImportExpression > ${value}.source`, message },
    { selector: `TSImportType ${value}`, message },
  ];
}

/**
 * Invariant 7 of ARCHITECTURE.md: no clock, no randomness, no browser global.
 * @param {string} folder
 * @returns {import('eslint').Linter.Config}
 */
function withoutBrowser(folder) {
  const known = Object.keys({ ...globals.browser, ...globals.worker, ...globals.node });
  const names = known.filter((name) => !PLAIN_GLOBALS.includes(name) && !(name in globals.builtin));
  const message = `${folder} knows no browser: pass it in as a port.`;
  return {
    files: [`${folder}/**`],
    rules: { 'no-restricted-globals': ['error', ...names.map((name) => ({ name, message }))] },
  };
}

/** @returns {import('eslint').Linter.Config} */
function forbiddenNames() {
  const vague = '{utils,util,helpers,helper,common,manager,misc}';
  const message =
    'Name the file after its concept: no barrels, no utils, helpers, common, manager, misc.';
  return {
    files: ['src', 'tests', 'scripts'].flatMap((folder) => [
      `${folder}/**/index.*`,
      `${folder}/**/${vague}.*`,
      `${folder}/**/*-${vague}.*`,
      `${folder}/**/${vague}/**`,
    ]),
    rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message }] },
  };
}
