import { parse } from 'acorn';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST } from './dist.mjs';

/** Of script before the first interaction, gzip; 1 KB is 1000 bytes. */
const BUDGET_BYTES = 80_000;

/** Texts that only the code of TensorFlow.js holds, minified or not (its address or name may stand in ours). */
const TENSORFLOW = ['tfjsflags', '_tfengine'];

const page = join(DIST, 'index.html');
const html = readFileSync(page, 'utf8');
const scripts = withStaticImports(linked(/<script\b[^>]*\btype="module"[^>]*>/g, 'src'));
const preloads = withStaticImports(linked(/<link\b[^>]*\brel="modulepreload"[^>]*>/g, 'href'));
const styles = linked(/<link\b[^>]*\brel="stylesheet"[^>]*>/g, 'href');
const code = [...new Set([...scripts, ...preloads])];
const shell = [page, ...code, ...styles];
const total = shell.reduce((sum, file) => sum + gzipBytes(file), 0);
const script = code.reduce((sum, file) => sum + gzipBytes(file), 0);

for (const file of shell) row(relative(DIST, file), gzipBytes(file));
row('script, gzip', script);
row('all of it, gzip', total);
for (const file of styles.flatMap(fontsOf))
  row(`font  ${relative(DIST, file)}`, statSync(file).size);

const problems = [...overBudget(), ...code.flatMap(tensorFlowIn)];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @param {RegExp} tag @param {string} attribute */
function linked(tag, attribute) {
  const address = new RegExp(`\\b${attribute}="([^"]+)"`);
  const found = (html.match(tag) ?? []).map((one) => address.exec(one)?.[1]);
  return found.filter((one) => one !== undefined).map((one) => join(DIST, one));
}

/** What the browser loads before it runs the file; `import()` is for later. @param {string[]} files */
function withStaticImports(files) {
  const seen = new Set(files);
  for (const file of seen)
    for (const specifier of staticImports(readFileSync(file, 'utf8')))
      seen.add(join(dirname(file), specifier));
  return [...seen];
}

/** @param {string} text @returns {string[]} */
function staticImports(text) {
  const { body } = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  const sources = body.map((node) => ('source' in node ? node.source?.value : undefined));
  return sources.filter((source) => typeof source === 'string');
}

/** Each is loaded only once a letter of its range is shown. @param {string} style */
function fontsOf(style) {
  const found = readFileSync(style, 'utf8').matchAll(/url\(["']?([^"')]+\.woff2)["']?\)/g);
  return [...found].map(([, address]) => join(dirname(style), address ?? ''));
}

/** @param {string} file */
function gzipBytes(file) {
  return gzipSync(readFileSync(file), { level: 9 }).length;
}

function overBudget() {
  if (script <= BUDGET_BYTES) return [];
  return [`${script} bytes of script before the first interaction; the budget is ${BUDGET_BYTES}.`];
}

/** @param {string} file */
function tensorFlowIn(file) {
  const text = readFileSync(file, 'utf8');
  const found = TENSORFLOW.some((mark) => text.includes(mark));
  return found
    ? [`${relative(DIST, file)} holds TensorFlow.js, which the shell must not load.`]
    : [];
}

/** @param {string} name @param {number} bytes */
function row(name, bytes) {
  console.log(`${(bytes / 1000).toFixed(1).padStart(8)} KB  ${name}`);
}
