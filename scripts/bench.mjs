import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './dist.mjs';
import { nightshiftOf, openSite } from './headless.mjs';
import { orRefuse, Refusal } from './refusal.mjs';
import { importTypeScript } from './typescript.mjs';

/**
 * `npm run bench -- [name] [--json]`: runs tests/bench/<name>.bench.ts, or all of them. Nothing is asserted: what counts
 * are ratios to a baseline that was measured in the same run, on the same machine, under the same load. All figures are
 * written to bench-results.json; with --json the last line is the same object.
 *
 * @typedef {import('../tests/bench/report.ts').Bench} Bench
 * @typedef {import('../tests/bench/report.ts').BenchSite} BenchSite
 * @typedef {import('../tests/bench/report.ts').Report} Report
 * @typedef {import('../tests/bench/report.ts').Table} Table
 *
 * @typedef {object} Figure a measurement in a few numbers
 * @property {string} name
 * @property {string} unit
 * @property {number} samples how many
 * @property {number} median
 * @property {number} p99 99 % of the samples are no worse
 * @property {number} worst
 * @property {string} [baseline]
 * @property {number} [ratio] of the medians
 */

const FOLDER = 'tests/bench';
const ENDING = '.bench.ts';
/** Of the last run; not part of the project. */
const RESULTS = 'bench-results.json';

async function main() {
  const { names, json } = readOptions();
  /** @type {Record<string, object>} */
  const results = {};
  for (const name of names) {
    const machine = machineNow();
    const report = await run(name);
    const figures = figuresOf(report);
    print(name, machine, report, figures);
    const { tables = [], notes = [], byKey = {} } = report;
    Object.assign(results, { [name]: { machine, figures, tables, notes }, ...byKey });
  }
  writeFileSync(join(ROOT, RESULTS), `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\nAll figures: ${RESULTS}`);
  if (json) console.log(JSON.stringify(results));
}

function readOptions() {
  const known = readdirSync(join(ROOT, FOLDER))
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length));
  const usage = `Usage: npm run bench -- [name] [--json], where name is: ${known.join(', ')}.`;
  const { positionals, values } = parse(usage);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Refusal(`There is no bench '${unknown}'.\n${usage}`);
  return { names: positionals.length > 0 ? positionals : known, json: values.json };
}

/** @param {string} usage */
function parse(usage) {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new Refusal(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
}

/** Others may be busy on it: a figure without the load is none. */
const machineNow = () => ({
  cores: availableParallelism(),
  load: Number(loadavg()[0]?.toFixed(1)),
  node: process.version,
});

/** Each in a browser of its own: no bench pays for what another left behind. @param {string} name */
async function run(name) {
  /** @type {{ default: Bench }} */
  const { default: bench } = await importTypeScript(join(FOLDER, name + ENDING));
  /** @type {Awaited<ReturnType<typeof openSite>> | undefined} */
  let opened;
  const site = async () => {
    opened = await openSite();
    return enter(opened);
  };
  try {
    return await bench({ site });
  } finally {
    await opened?.close();
  }
}

/**
 * @param {{ page: BenchSite['page'], url: string }} opened
 * @returns {Promise<BenchSite>}
 */
async function enter({ page, url }) {
  await page.goto(url);
  return { page, url, nightshift: await nightshiftOf(page) };
}

/** @param {Report} report @returns {Figure[]} */
function figuresOf({ measurements }) {
  const medians = new Map(measurements.map(({ name, samples }) => [name, quantile(samples, 0.5)]));
  return measurements.map(({ name, unit, samples, moreIsBetter, baseline }) => {
    const median = medians.get(name) ?? NaN;
    const compared =
      baseline === undefined ? {} : { baseline, ratio: median / (medians.get(baseline) ?? NaN) };
    const p99 = quantile(samples, 0.99, moreIsBetter);
    const worst = quantile(samples, 1, moreIsBetter);
    return { name, unit, samples: samples.length, median, p99, worst, ...compared };
  });
}

/**
 * By nearest rank, from the better end.
 * @param {readonly number[]} samples
 * @param {number} share
 * @param {boolean} [moreIsBetter]
 */
function quantile(samples, share, moreIsBetter = false) {
  const sorted = [...samples].sort((a, b) => (moreIsBetter ? b - a : a - b));
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/**
 * @param {string} name
 * @param {ReturnType<typeof machineNow>} machine
 * @param {Report} report
 * @param {readonly Figure[]} figures
 */
function print(name, { cores, load, node }, { tables = [], notes = [] }, figures) {
  console.log(`\n${name} (${cores} cores, load ${load} at the start, Node ${node})`);
  for (const table of [tableOf(figures), ...tables]) console.log(`\n${textOf(table)}`);
  for (const note of notes) console.log(`\n  ${note}`);
}

/** @param {readonly Figure[]} figures @returns {Table} */
function tableOf(figures) {
  const columns = ['', 'median', 'p99', 'worst', 'unit', 'samples', 'ratio'];
  const rows = figures.map(({ name, median, p99, worst, unit, samples, baseline, ratio }) => {
    const compared = ratio === undefined ? '' : `${ratio.toFixed(2)} x ${baseline}`;
    return [name, ...[median, p99, worst].map(short), unit, samples, compared];
  });
  return { title: 'Measured', columns, rows };
}

/** @param {number} value */
const short = (value) => value.toLocaleString('en', { maximumSignificantDigits: 4 });

/** @param {Table} table */
function textOf({ title, columns, rows }) {
  const lines = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  /** @param {readonly string[]} line */
  const padded = (line) =>
    line.map((cell, i) =>
      i === 0 || i === 6 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
  return [title, ...lines.map((line) => `  ${padded(line).join('  ')}`.trimEnd())].join('\n');
}

await orRefuse(main);
