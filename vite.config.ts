import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { nightshiftPlugins } from './scripts/vite/plugins.ts';

const { version } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
) as { version: string };

export default defineConfig({
  base: './',
  plugins: nightshiftPlugins(),
  define: { __VERSION__: JSON.stringify(version) },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The libraries are built by a plugin; that it takes the time is known.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { port: 5173 },
});
