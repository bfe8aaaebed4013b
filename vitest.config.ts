import { playwright } from '@vitest/browser-playwright';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BROWSER_FLAGS, findBrowser } from './scripts/browser.mjs';
import { nightshiftPlugins } from './scripts/vite/plugins.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const shared = {
  plugins: nightshiftPlugins(),
  define: { __VERSION__: JSON.stringify('test') },
  resolve: {
    alias: [
      { find: /^nightshift$/, replacement: path('src/sdk/nightshift.ts') },
      { find: /^nightshift\/ml$/, replacement: path('src/ml/nightshift-ml.ts') },
    ],
  },
};

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/{unit,property,contract,conformance,crash}/**/*.test.ts'],
          testTimeout: 60_000, // a busy machine must not fail a test that would pass
        },
      },
      {
        ...shared,
        test: {
          name: 'suspended',
          environment: 'node',
          env: { NIGHTSHIFT_SUSPEND: '1' },
          testTimeout: 120_000,
          include: ['tests/conformance/[a-z]-*.test.ts'],
        },
      },
      {
        ...shared,
        worker: { format: 'es' },
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          fileParallelism: false, // one origin, one quota; and two cores have enough with one page
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});

/** Read only when a browser starts: the unit tests need none, and neither look for one nor install one. */
function launchOptions() {
  return {
    args: BROWSER_FLAGS,
    get executablePath() {
      return findBrowser({ install: true });
    },
  };
}
