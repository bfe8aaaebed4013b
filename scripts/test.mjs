import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBrowser } from './browser.mjs';
import { ROOT } from './dist.mjs';
import { orRefuse } from './refusal.mjs';

/**
 * `npm test`: every check, the same here and in CI. Stops at the first step that fails and shows what it printed.
 * The last line is `N passed, N failed`: tests, plus the failing step where that is no test.
 *
 * @typedef {{ passed: number, failed: number }} Count
 * @typedef {{ name: string, command: string[], env?: Record<string, string>, count?: () => Count }} Step
 */
const REPORTS = join(ROOT, '.cache', 'reports');

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });

/** @type {Step[]} */
const STEPS = [
  { name: 'format', command: tool('prettier', 'bin/prettier.cjs', '--check', '.') },
  { name: 'lint', command: tool('eslint', 'bin/eslint.js', '.') },
  { name: 'types', command: tool('svelte-check', 'bin/svelte-check', '--fail-on-warnings') },
  { name: 'unused code', command: tool('knip', 'bin/knip.js') },
  vitest('unit'),
  vitest('suspended'),
  vitest('browser'),
  { name: 'build', command: ['scripts/dist.mjs'] },
  { name: 'size', command: ['scripts/size-budget.mjs'] },
  playwright(),
];

await orRefuse(main);

async function main() {
  process.env.NIGHTSHIFT_BROWSER = findBrowser({ install: true });
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const total = { passed: 0, failed: 0 };
  for (const step of STEPS) if (!(await take(step, total))) break;
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
}

/**
 * Invariant: adds a failure whenever the step failed, whatever its report says.
 * @param {Step} step
 * @param {Count} total
 */
async function take(step, total) {
  const startedAt = performance.now();
  process.stdout.write(`${step.name.padEnd(15)} `);
  const { ok, output } = await run(step);
  const { passed, failed } = step.count?.() ?? { passed: 0, failed: 0 };
  const empty = ok && step.count !== undefined && passed + failed === 0;
  const good = ok && failed === 0 && !empty;
  total.passed += passed;
  total.failed += good ? 0 : Math.max(failed, 1);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  console.log(`${seconds} s  ${good ? 'ok' : 'FAILED'}${step.count ? `, ${passed} passed` : ''}`);
  if (!good) console.log(`\n${output}${empty ? 'No test was found.' : ''}\n${step.name} failed.`);
  return good;
}

/**
 * @param {Step} step
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run({ command, env }) {
  return new Promise((done) => {
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}

/**
 * A tool of the project without npx in between.
 * @param {string} name
 * @param {string} file
 * @param {string[]} words
 */
function tool(name, file, ...words) {
  return [join('node_modules', name, file), ...words];
}

/**
 * @param {'unit' | 'suspended' | 'browser'} project
 * @returns {Step}
 */
function vitest(project) {
  const report = join(REPORTS, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return {
    name: `${project} tests`,
    command: tool('vitest', 'vitest.mjs', 'run', '--project', project, ...reporters),
    count: () => {
      const { numPassedTests: passed, numFailedTests: failed } = read(report);
      return { passed, failed };
    },
  };
}

/** @returns {Step} */
function playwright() {
  const report = join(REPORTS, 'e2e.json');
  const only = values.all ? [] : ['--grep-invert', '@all'];
  return {
    name: 'e2e tests',
    command: tool('@playwright/test', 'cli.js', 'test', '--reporter=line,json', ...only),
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    count: () => {
      const { expected, flaky, unexpected } = read(report).stats;
      return { passed: expected + flaky, failed: unexpected };
    },
  };
}

/** A tool that died before it reported has counted nothing. @param {string} report */
function read(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return {
      numPassedTests: 0,
      numFailedTests: 0,
      stats: { expected: 0, flaky: 0, unexpected: 0 },
    };
  }
}
