import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './dist.mjs';
import { orRefuse, Refusal } from './refusal.mjs';
import { importTypeScript } from './typescript.mjs';

/**
 * `npm run conformance`: the cases of Prefect 3, one line each, on the real engine over the virtual clock. The last line
 * is `conformance: N/52 (E exact, D deviations)`. Fails when a test does, or when the ledger says what is not so.
 *
 * `npm run conformance -- --suspend`: the same, with an engine that is ended and opened again after each commit (why and
 * how: tests/support/suspension.ts). Tests that ask about the engine's own life are not suspended, and are named.
 *
 * @typedef {import('../tests/conformance/tally.ts').Ending} Ending
 * @typedef {import('../tests/conformance/tally.ts').Tally} Tally
 *
 * @typedef {object} Assertion
 * @property {readonly string[]} ancestorTitles
 * @property {string} title
 * @property {string} status
 * @property {readonly string[]} failureMessages
 * @property {{ deviation?: string, undisturbed?: string }} meta
 *
 * @typedef {object} TestFile
 * @property {string} name
 * @property {string} status
 * @property {string} message
 * @property {readonly Assertion[]} assertionResults
 */
const FOLDER = 'tests/conformance';
/** `a-states-and-retries.test.ts`: a letter for the group of cases. */
const CASE_FILE = /^[a-g]-.+\.test\.ts$/;
const REPORT = join(ROOT, '.cache', 'reports', 'conformance.json');

async function main() {
  const { tallyOf } = await importTypeScript(`${FOLDER}/tally.ts`);
  const files = readdirSync(join(ROOT, FOLDER)).filter((file) => CASE_FILE.test(file));
  const results = run(files, readOptions());
  /** @type {Tally} */
  const { lines, ok } = tallyOf(endingsOf(results));
  console.log([...undisturbedOf(results), ...lines].join('\n'));
  if (!ok) process.exitCode = 1;
}

const USAGE = 'Usage: npm run conformance [-- --suspend].';

function readOptions() {
  try {
    return parseArgs({ options: { suspend: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new Refusal(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
}

/**
 * @param {readonly string[]} files
 * @param {{ suspend: boolean }} options
 * @returns {readonly TestFile[]}
 */
function run(files, { suspend }) {
  rmSync(REPORT, { force: true });
  mkdirSync(dirname(REPORT), { recursive: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const project = suspend ? 'suspended' : 'unit';
  const asked = ['run', '--project', project, ...files.map((file) => `${FOLDER}/${file}`)];
  const report = ['--reporter=json', `--outputFile=${REPORT}`];
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, ...asked, ...report], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8')).testResults;
  } catch {
    throw new Refusal(`The tests did not run.\n${stdout}${stderr}`);
  }
}

/** Which tests were not suspended where all others were, and why. @param {readonly TestFile[]} files */
const undisturbedOf = (files) =>
  files
    .flatMap((file) => file.assertionResults)
    .filter(({ meta }) => meta.undisturbed !== undefined)
    .map(({ ancestorTitles, title, meta }) => {
      const name = [...ancestorTitles.filter((one) => one !== ''), title].join(' > ');
      return `not suspended: ${name} (${meta.undisturbed})`;
    });

/** @param {readonly TestFile[]} files @returns {readonly Ending[]} */
const endingsOf = (files) =>
  files.flatMap((file) => [...file.assertionResults.map(endingOf), ...brokenFile(file)]);

/** @param {Assertion} assertion @returns {Ending} */
function endingOf({ ancestorTitles, title, status, failureMessages, meta }) {
  return {
    name: ancestorTitles.find((one) => one !== '') ?? title,
    passed: status === 'passed',
    messages: failureMessages.map((message) => `${title}: ${withoutStack(message)}`),
    ...(meta.deviation === undefined ? {} : { deviation: meta.deviation }),
  };
}

/** A file that could not be loaded has no tests to tell of it. @param {TestFile} file @returns {readonly Ending[]} */
function brokenFile({ name, status, message, assertionResults }) {
  const told = assertionResults.some((one) => one.status === 'failed');
  if (status === 'passed' || told) return [];
  return [{ name, passed: false, messages: [message] }];
}

/** @param {string} message */
const withoutStack = (message) =>
  message
    .split('\n')
    .filter((line) => !/^\s+at /.test(line) || line.includes(FOLDER))
    .join('\n');

await orRefuse(main);
