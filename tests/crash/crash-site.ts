import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { authorLibraries, LIBRARIES, type Library } from '#scripts/vite/author-libraries.ts';
import { sandboxFrame } from '#scripts/vite/sandbox-frame.ts';
import { ROOT } from '#scripts/vite/bundle.ts';
import { serve } from '#scripts/serve.mjs';
import { SMALL_CORPUS } from '#tests/support/small-ports.ts';

const OUT = join(ROOT, '.cache', 'crash-site');

/** Nothing to train: what is under test is what the engine writes down. */
const SMALL_LIBRARIES: Readonly<Record<string, Library>> = {
  ...Object.fromEntries(
    Object.entries(LIBRARIES).filter(([name]) =>
      ['nightshift', 'nightshift:worker'].includes(name),
    ),
  ),
  'nightshift/ml': { entry: 'tests/support/small-ml.ts', format: 'es' },
};

const smallCorpus: Plugin = {
  name: 'nightshift:small-corpus',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'corpus/reviews.tsv', source: SMALL_CORPUS });
  },
};

/** The engine worker, sandbox and author workers of the site, with crash points around the engine's ports. */
export async function openCrashSite(): Promise<{ url: string; close: () => Promise<void> }> {
  await build({
    configFile: false,
    root: join(ROOT, 'tests/crash/page'),
    base: './',
    logLevel: 'warn',
    publicDir: false,
    plugins: [authorLibraries(SMALL_LIBRARIES), sandboxFrame(), smallCorpus],
    define: { __VERSION__: JSON.stringify('crash') },
    resolve: {
      alias: [
        {
          find: /^#workers\/engine\.ts/,
          replacement: join(ROOT, 'tests/crash/page/engine.ts'),
        },
      ],
    },
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir: OUT,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(ROOT, 'tests/crash/page/crash.html'),
        checks: { pluginTimings: false },
      },
    },
  });
  const { url, close } = await serve({ root: OUT, port: 0 });
  return { url: `${url}crash.html`, close };
}
