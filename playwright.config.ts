import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './scripts/browser.mjs';
import { freePort } from './scripts/serve.mjs';

// This file is read again by every worker process; they inherit what the first reading found.
process.env.NIGHTSHIFT_BROWSER = findBrowser({ install: true });
process.env.NIGHTSHIFT_E2E_PORT ??= String(await freePort());

/** Not the root: assets must be found from any folder. */
const BASE = '/some/sub/app/';
const port = process.env.NIGHTSHIFT_E2E_PORT;
const baseURL = `http://localhost:${port}${BASE}`;

export default defineConfig({
  testDir: 'tests',
  testMatch: ['e2e/**/*.spec.ts', 'crash/**/*.spec.ts'],
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'line',
  use: {
    baseURL,
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env.NIGHTSHIFT_BROWSER, args: BROWSER_FLAGS },
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${port} --base ${BASE}`,
    url: baseURL,
    reuseExistingServer: false,
  },
});
