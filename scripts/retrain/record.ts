import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunHistory } from '#domain/engine-api.ts';
import { parseFault } from '#domain/faults.ts';
import { ROOT } from '#scripts/dist.mjs';
import { nightshiftOf, openSite, type Nightshift } from '#scripts/headless.mjs';
import { orRefuse, Refusal } from '#scripts/refusal.mjs';
import { requestFrom, runToItsEnd } from './retrain.ts';

const FOLDER = join(ROOT, 'public/recorded');
/** What a first visitor will see happen: the source fails once. */
const FAULT = parseFault('extract:1');
/** The model answers on the page before anything is trained: a large one would be late. */
const MAX_MODEL_BYTES = 300 * 1024;

export const main = (): Promise<void> =>
  orRefuse(async () => {
    const { page, url, close } = await openSite();
    try {
      await page.goto(url);
      const options = { seed: undefined, threshold: undefined, faults: [FAULT] };
      const history = await runToItsEnd(page, requestFrom(options));
      const container = await (await nightshiftOf(page)).evaluate(readContainer);
      keep(history, container);
    } finally {
      await close();
    }
  });

/** Runs in the page; bytes cross as numbers. */
const readContainer = async ({ engine }: Nightshift) => {
  const champion = await engine.champion('sentiment');
  return champion && [...new Uint8Array(champion.container)];
};

function keep(history: RunHistory, container: readonly number[] | undefined): void {
  if (!container) throw new Refusal('The gate rejected the model: there is nothing to ship.');
  if (container.length > MAX_MODEL_BYTES)
    throw new Refusal(`The model is ${container.length} bytes, over ${MAX_MODEL_BYTES}.`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'run.json'), `${JSON.stringify({ history })}\n`);
  writeFileSync(join(FOLDER, 'model-v0.bin'), Uint8Array.from(container));
  console.log(`Kept '${history.record.name}' and its model (${container.length} bytes).`);
}
