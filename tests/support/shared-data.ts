import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '#scripts/dist.mjs';

/**
 * Labelled texts that others published, for benches and a few tests: never part of the project. The one place where their
 * folder is named; `NIGHTSHIFT_DATA` says another.
 */
export const SHARED_DATA = resolve(
  ROOT,
  process.env['NIGHTSHIFT_DATA'] ?? join('..', 'shared', 'data'),
);

/** Why a test that needs them is skipped; undefined when they are there. */
export function whyNoData(folder: string): string | undefined {
  const path = join(SHARED_DATA, folder);
  return existsSync(path) ? undefined : `there is no ${path} (NIGHTSHIFT_DATA says where to look)`;
}
