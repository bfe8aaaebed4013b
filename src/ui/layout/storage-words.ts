import type { StorageUse } from '#domain/retention.ts';
import { bytes, plural } from './numbers.ts';

/** `34 runs, 12.3 MB of 10.7 GB used`; what the browser does not say is left out. */
export function storageSentence(use: StorageUse, memory: boolean): string {
  const runs = plural(use.runs, 'run');
  if (memory) return `${runs}, only until this tab closes`;
  if (use.usedBytes === undefined) return runs;
  const of = use.quotaBytes === undefined ? '' : ` of ${bytes(use.quotaBytes)}`;
  return `${runs}, ${bytes(use.usedBytes)}${of} used`;
}
