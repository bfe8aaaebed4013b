import { chromium } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';
import { DIST, ensureDist } from './dist.mjs';
import { Refusal } from './refusal.mjs';
import { serve } from './serve.mjs';

/**
 * The built site in a browser without a window: `npm run retrain` and the benches.
 *
 * What the page offers as `globalThis.nightshift`.
 * @typedef {object} Nightshift
 * @property {import('../src/domain/engine-api.ts').EngineApi} engine
 * @property {(listener: (message: import('../src/domain/engine-api.ts').FeedMessage) => void) => () => void} onMessage
 * @property {Readonly<Record<string, readonly import('../src/domain/records.ts').SourceFile[]>>} builtInFlows
 *
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {import('@playwright/test').JSHandle<Nightshift>} NightshiftHandle
 */

const START_TIMEOUT_MS = 60_000;

/** Builds when needed, serves and opens the site on an empty profile: nothing of an earlier run is there to help. */
export async function openSite() {
  ensureDist();
  const site = await serve({ root: DIST, port: 0 });
  const context = await launch(findBrowser({ install: true }));
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
  const close = async () => {
    await context.close();
    await site.close();
  };
  return { page, url: site.url, close };
}

/** @param {string} executablePath */
async function launch(executablePath) {
  const profile = mkdtempSync(join(tmpdir(), 'nightshift-'));
  const signals = { handleSIGINT: false, handleSIGTERM: false };
  const options = { executablePath, args: BROWSER_FLAGS, headless: true, ...signals };
  const launching = chromium.launchPersistentContext(profile, options);
  const settled = launching.then(
    () => true,
    () => false,
  );
  // After Playwright's own exit listener, which kills the browser: nothing writes to the profile any more.
  const remove = () => rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  settled.then(() => process.once('exit', remove));
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => settled.then(() => process.exit(130)));
  return launching;
}

/**
 * Waits until the engine of the page can be asked.
 * @param {Page} page
 * @returns {Promise<NightshiftHandle>}
 */
export async function nightshiftOf(page) {
  const ready = () => {
    const { nightshift } = /** @type {any} */ (globalThis);
    return nightshift?.engine && nightshift;
  };
  try {
    const handle = await page.waitForFunction(ready, undefined, { timeout: START_TIMEOUT_MS });
    return /** @type {import('@playwright/test').JSHandle<any>} */ (handle);
  } catch (error) {
    throw new Refusal(`The engine did not start: ${/** @type {Error} */ (error).message}`);
  }
}
