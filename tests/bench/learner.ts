import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '#scripts/dist.mjs';
import { bundle } from '#scripts/vite/bundle.ts';
import type { Learned, LearnerQuestion, Serving } from './page/learner.ts';
import type { BenchSite } from './report.ts';
import { splitNames, type TextSet } from './sets.ts';

const WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
const WORKER = 'learner-worker.js';

/** One set in a worker of Chromium, with a page of its own: no peak of memory or warm code of another set is in it. */
export interface Learner {
  /** @param split one of `splitNames` */
  learn(split: string): Promise<Learned>;
  serving(): Promise<Serving>;
  /** Most memory that the process of the page and its workers ever had, in bytes; undefined where the system does not say. */
  peakBytes(): Promise<number | undefined>;
  close(): Promise<void>;
}

export async function openLearner(site: BenchSite, set: TextSet): Promise<Learner> {
  const page = await openIsolatedPage(site);
  const ask = <T>(question: LearnerQuestion): Promise<T> =>
    page.evaluate(askWorker, question) as Promise<T>;
  const addresses = await serveFiles(
    page,
    site,
    set.kind === 'folds' ? [set.all] : [set.train, set.test],
  );
  const backend = await ask<string>({ ask: 'start', wasmUrl: `${site.url}learner.wasm` });
  if (backend !== 'wasm') throw new Error(`The model runs on ${backend}, not on WebAssembly.`);
  const folds = set.kind === 'folds' ? { folds: set.folds } : {};
  await ask({ ask: 'read', files: addresses, ...folds });
  return {
    learn: (split) =>
      ask({ ask: 'learn', ...(set.kind === 'folds' ? { fold: foldOf(set, split) } : {}) }),
    serving: () => ask({ ask: 'serving' }),
    peakBytes: () => peakOf(page),
    close: () => page.close(),
  };
}

const foldOf = (set: TextSet, split: string): number => {
  if (!splitNames(set).includes(split)) throw new Error(`${set.name} has no split ${split}.`);
  return Number(split.slice('fold'.length));
};

/** Isolated from other origins, so that its clock tells microseconds: one sentence takes about thirty. */
async function openIsolatedPage({ page: sitePage, url }: BenchSite): Promise<Page> {
  const page = await sitePage.context().newPage();
  const isolated = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  const worker = await bundle({ entry: 'tests/bench/page/learner.ts', format: 'iife' });
  const serve = (path: string, contentType: string, body: string | Buffer) =>
    page.route(`${url}${path}`, (route) => route.fulfill({ contentType, headers: isolated, body }));
  await serve('learner', 'text/html', '<!doctype html><title>Learner</title>');
  await serve(WORKER, 'text/javascript', worker);
  await serve('learner.wasm', 'application/wasm', readFileSync(join(ROOT, WASM)));
  await page.goto(`${url}learner`);
  await page.evaluate((address) => {
    const [learner, assistant] = [new Worker(address), new Worker(address)];
    const { port1, port2 } = new MessageChannel();
    assistant.postMessage({ ask: 'serve' }, [port1]);
    learner.postMessage({ ask: 'assistant' }, [port2]);
    Object.assign(globalThis, { learner, assistant });
  }, `${url}${WORKER}`);
  return page;
}

/** In the page: nothing of this file is there. */
function askWorker(question: unknown): Promise<unknown> {
  const { learner } = globalThis as unknown as { learner: Worker };
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) =>
      data.ok ? resolve(data.value) : reject(new Error(data.reason));
    learner.postMessage(question, [port2]);
  });
}

async function serveFiles(
  page: Page,
  { url }: BenchSite,
  files: readonly string[],
): Promise<string[]> {
  const addresses: string[] = [];
  for (const [i, path] of files.entries()) {
    const address = `${url}learner-file-${i}/${basename(path)}`;
    await page.route(address, (route) =>
      route.fulfill({ path, contentType: 'application/octet-stream' }),
    );
    addresses.push(address);
  }
  return addresses;
}

interface ProcessInfo {
  readonly processInfo: readonly { readonly id: number; readonly type: string }[];
}

/** Of the largest renderer of this browser: the isolated page has one to itself. Linux keeps the high-water mark. */
async function peakOf(page: Page): Promise<number | undefined> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (process.platform !== 'linux' || !session) return undefined;
  const { processInfo }: ProcessInfo = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return Math.max(...renderers.map(({ id }) => highWaterMark(id)));
}

function highWaterMark(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return 1024 * Number(kilobytes ?? NaN);
}
