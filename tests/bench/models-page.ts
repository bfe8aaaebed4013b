import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { ROOT } from '#scripts/dist.mjs';
import { openBlankPage } from './blank-page.ts';
import type { BenchRow } from './page/models.ts';
import type { BenchSite } from './report.ts';

const WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';

/** The model alone, in Chromium on WebAssembly, with rows of its own. */
export async function openModels(site: BenchSite, rows: readonly BenchRow[]): Promise<Page> {
  const page = await openBlankPage(site, 'models');
  const wasmUrl = `${site.url}blank.wasm`;
  await page.route(wasmUrl, (route) =>
    route.fulfill({ path: join(ROOT, WASM), contentType: 'application/wasm' }),
  );
  const backend = await page.evaluate((url) => globalThis.models.start(url), wasmUrl);
  if (backend !== 'wasm') throw new Error(`The models run on ${backend}, not on WebAssembly.`);
  await page.evaluate((given) => globalThis.models.load(given), rows);
  return page;
}
