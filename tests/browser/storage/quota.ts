import { cdp } from 'vitest/browser';
import type {} from '@vitest/browser-playwright';

const { origin } = location;
export const MB = 2 ** 20;

/** How much the origin may store; absent: what the browser says by itself. */
export const quota = (megabytes?: number): Promise<unknown> =>
  cdp().send('Storage.overrideQuotaForOrigin', {
    origin,
    ...(megabytes === undefined ? {} : { quotaSize: megabytes * MB }),
  });

/** Deletes the databases of the origin: Chromium forgets with the last of them how much room it found. */
export const clear = (): Promise<unknown> =>
  cdp().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });

/** Random bytes, in pieces of what `getRandomValues` gives at once: Chromium would compress zeros. */
export function noise(length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < bytes.length; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes.buffer;
}
