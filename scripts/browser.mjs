import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from './refusal.mjs';

/** The only list of flags: tests, `npm run retrain` and benches start the browser alike. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
  '--no-first-run',
];

/** Nothing installed, nothing installable; the message holds the command that helps. */
export class NoBrowser extends Refusal {}

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DOWNLOADS = join(ROOT, '.cache', 'browsers');
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Path of a Chromium or Chrome that works.
 * @param {{ install: boolean }} options install: fetch one when there is none
 * @returns {string}
 * @throws {NoBrowser}
 */
export function findBrowser({ install }) {
  const found = fromEnvironment() ?? installedBrowser() ?? playwrightBrowser();
  if (found) return found;
  const installed = install ? (installByPlaywright() ?? installByApt()) : undefined;
  if (installed) return installed;
  throw new NoBrowser(howToInstall());
}

function fromEnvironment() {
  const path = process.env.NIGHTSHIFT_BROWSER;
  if (!path) return undefined;
  if (works(path)) return path;
  console.error(`NIGHTSHIFT_BROWSER=${path} does not answer --version; looking for another.`);
  return undefined;
}

function installedBrowser() {
  return [...onPath(), ...standardPlaces()].find(works);
}

function onPath() {
  if (process.platform === 'win32') return [];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function standardPlaces() {
  if (process.platform === 'darwin') return macPlaces();
  if (process.platform === 'win32') return windowsPlaces();
  return ['/opt/google/chrome/chrome', '/snap/bin/chromium'];
}

function macPlaces() {
  return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) => [
    join(folder, 'Google Chrome.app/Contents/MacOS/Google Chrome'),
    join(folder, 'Chromium.app/Contents/MacOS/Chromium'),
  ]);
}

function windowsPlaces() {
  const { LOCALAPPDATA, PROGRAMFILES } = process.env;
  const folders = [PROGRAMFILES, process.env['PROGRAMFILES(X86)'], LOCALAPPDATA];
  return folders
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google/Chrome/Application/chrome.exe'),
      join(folder, 'Chromium/Application/chrome.exe'),
    ]);
}

/**
 * A browser that does not print its version counts as absent: Ubuntu's chromium-browser is a stub that asks for a snap,
 * and a downloaded one may lack system libraries.
 * @param {string} path
 */
function works(path) {
  if (!isFile(path)) return false;
  // chrome.exe prints nothing and opens a window instead.
  if (process.platform === 'win32') return true;
  const run = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return run.status === 0 && /\b(Chrom|HeadlessChrome)\D*\d+\.\d+/i.test(run.stdout);
}

/** @param {string} path */
function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}

/** Playwright's own: the one of the person (or of PLAYWRIGHT_BROWSERS_PATH), else the one of this project. */
function playwrightBrowser() {
  return [playwrightPath({}), playwrightPath({ PLAYWRIGHT_BROWSERS_PATH: DOWNLOADS })].find(works);
}

/**
 * Asked in a process of its own, because Playwright reads the folder from the environment once.
 * @param {Record<string, string>} environment
 */
function playwrightPath(environment) {
  const code = `console.log(require('@playwright/test').chromium.executablePath())`;
  const env = { ...process.env, ...environment };
  return execFileSync(process.execPath, ['-e', code], { cwd: ROOT, env, encoding: 'utf8' }).trim();
}

function installByPlaywright() {
  console.error('No Chromium or Chrome found: asking Playwright for its own.');
  const env = { PLAYWRIGHT_BROWSERS_PATH: DOWNLOADS, ...process.env };
  if (!playwright(['install', '--no-shell', 'chromium'], env)) return undefined;
  const found = playwrightBrowser();
  if (found || !mayUseApt()) return found;
  playwright(['install-deps', 'chromium'], env);
  return playwrightBrowser();
}

/**
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
function playwright(words, env) {
  const require = createRequire(import.meta.url);
  const cli = join(dirname(require.resolve('@playwright/test/package.json')), 'cli.js');
  return run(process.execPath, [cli, ...words], env);
}

function installByApt() {
  if (!mayUseApt()) return undefined;
  console.error('Playwright has none for this machine: asking apt for chromium.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done =
    run('apt-get', ['update'], env) && run('apt-get', ['install', '-y', 'chromium'], env);
  return done ? installedBrowser() : undefined;
}

function mayUseApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/**
 * Its output goes to stderr, so that stdout stays what the command promised.
 * @param {string} command
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
function run(command, words, env) {
  return spawnSync(command, words, { env, cwd: ROOT, stdio: ['ignore', 2, 2] }).status === 0;
}

function howToInstall() {
  const command = {
    darwin: 'brew install --cask google-chrome',
    win32: 'winget install Google.Chrome',
  };
  const install =
    command[/** @type {'darwin' | 'win32'} */ (process.platform)] ??
    'sudo apt-get update && sudo apt-get install -y chromium';
  return [
    'No Chromium or Chrome was found, and none could be installed.',
    `Install one:            ${install}`,
    'or say where one is:    export NIGHTSHIFT_BROWSER=/path/to/chrome',
    'Then run the same command again.',
  ].join('\n');
}
