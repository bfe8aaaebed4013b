import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Real data that is no part of the project: `NIGHTSHIFT_DATA`, or beside it. */
const FOLDER = process.env['NIGHTSHIFT_DATA'] ?? '../shared/data';

export const sharedData = (file: string): string => resolve(FOLDER, file);

/** Why a test cannot be run here; undefined: what it needs is there. */
export function missingData(...files: readonly string[]): string | undefined {
  const missing = files.map(sharedData).filter((file) => !existsSync(file));
  return missing.length === 0
    ? undefined
    : `Skipped: ${missing.join(', ')} is missing. NIGHTSHIFT_DATA says where the data is.`;
}
