import { asContentHash } from '#domain/ids.ts';
import type { Assets, Clock, Disk, Entropy, Hasher, Leadership } from '#domain/ports.ts';

const MAX_TIMER_MS = 0x7fff_ffff;

/** Timers longer than 24 days would fire at once, and some fire a little early: they are set again. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(instant, callback) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      const left = instant - Date.now();
      timer = setTimeout(
        () => (Date.now() < instant ? arm() : callback()),
        Math.min(Math.max(0, left), MAX_TIMER_MS),
      );
    };
    arm();
    return () => clearTimeout(timer);
  },
};

export const systemEntropy: Entropy = {
  token: () => crypto.randomUUID().replaceAll('-', '').slice(0, 12),
  random: () => Math.random(),
};

export const sha256: Hasher = {
  async hash(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return asContentHash(`sha256-${hex}`);
  },
};

/** Files of the site, by address below its folder; each is fetched once. */
export function siteAssets(baseUrl: string, addresses: Readonly<Record<string, string>>): Assets {
  const fetched = async (path: string) => {
    const response = await fetch(addresses[path] ?? new URL(path, baseUrl).href);
    if (response.ok) return response;
    throw new Error(
      `${path} could not be read (${response.status}). Reload the page; if it stays so, the site is incomplete.`,
    );
  };
  const kept = new Map<string, Promise<ArrayBuffer>>();
  const bytes = (path: string) => {
    const known = kept.get(path) ?? fetched(path).then((response) => response.arrayBuffer());
    kept.set(path, known);
    known.catch(() => kept.delete(path));
    return known;
  };
  return { bytes, text: async (path) => (await fetched(path)).text() };
}

/** Over plain http the browser says nothing. */
export const originDisk: Disk = {
  async estimate() {
    const { usage, quota } = (await navigator.storage?.estimate()) ?? {};
    return {
      ...(usage === undefined ? {} : { usedBytes: usage }),
      ...(quota === undefined ? {} : { quotaBytes: quota }),
    };
  },
};

/** One tab of an origin acts; without Web Locks (plain http) every tab believes it leads. */
export function tabLeadership(name: string): Leadership {
  return {
    acquire(onLeading) {
      if (!navigator.locks) return Promise.resolve(onLeading()).then(() => 'leading' as const);
      return new Promise((resolve) => {
        const hold = () => {
          onLeading();
          resolve('leading');
          return new Promise<never>(() => undefined);
        };
        void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
          if (lock) return hold();
          resolve('waiting');
          void navigator.locks.request(name, hold);
          return undefined;
        });
      });
    },
  };
}
