import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { orRefuse, Refusal } from './refusal.mjs';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const DIST = join(ROOT, 'dist');

/** Everything that decides what a build holds. */
const SOURCES = [
  'src',
  'public',
  'scripts/dist.mjs',
  'scripts/vite',
  'index.html',
  'vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

/**
 * Builds `dist` when it is missing or older than a source. What the build prints goes to stderr.
 * @throws {Refusal}
 */
export function ensureDist() {
  if (isFresh()) return;
  const startedAt = new Date();
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const words = [vite, 'build', '--logLevel', 'warn'];
  // Whoever loads TypeScript through Vite has a NODE_ENV that it set, and Svelte would be built for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync(process.execPath, words, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Refusal('The build failed.');
  // Dated by its start: a source saved while it was building is newer than it.
  utimesSync(join(DIST, 'index.html'), startedAt, startedAt);
}

function isFresh() {
  const page = join(DIST, 'index.html');
  if (!existsSync(page)) return false;
  const builtAt = statSync(page).mtimeMs;
  return SOURCES.every((source) => newest(join(ROOT, source)) <= builtAt);
}

/**
 * Milliseconds of the last change; folders count too, since a deleted file changes only its folder.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  if (!existsSync(path)) return 0;
  const about = statSync(path);
  if (!about.isDirectory()) return about.mtimeMs;
  return Math.max(about.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await orRefuse(ensureDist);
