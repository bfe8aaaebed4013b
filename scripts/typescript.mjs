import { join } from 'node:path';
import { runnerImport } from 'vite';
import { ROOT } from './dist.mjs';

/**
 * Imports a TypeScript module of the project and what it imports: Node 20 reads none, Vite does.
 * @param {string} path from the project's folder
 * @returns {Promise<any>}
 */
export async function importTypeScript(path) {
  const options = { root: ROOT, logLevel: /** @type {const} */ ('error') };
  const { module } = await runnerImport(join(ROOT, path), options);
  return module;
}
