import type { ImporterApi, ImportProgress } from '#domain/import-plan.ts';
import { ImportSource } from '#ingest/import-source.ts';
import { expose, forbidCallbacks } from '#rpc/expose.ts';
import { handOver } from '#rpc/hand-over.ts';

forbidCallbacks();

const PROGRESS_EVERY_MS = 50;
const WORK_MS = 20;

let port: MessagePort | undefined;
let toldAt = 0;
let restedAt = 0;

function onProgress(progress: ImportProgress): void {
  const now = performance.now();
  if (now - toldAt < PROGRESS_EVERY_MS) return;
  toldAt = now;
  port?.postMessage(progress);
}

/** A task of its own: messages come in between. A timer would wait four milliseconds each time. */
function breathe(): Promise<void> {
  if (performance.now() - restedAt < WORK_MS) return Promise.resolve();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      restedAt = performance.now();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

const source = new ImportSource({ breathe, onProgress });

const importer: ImporterApi = {
  async listen(to) {
    port = to;
  },
  open: (blob, name, reading) => source.open(blob, name, reading),
  check: (plan) => source.check(plan),
  async start(plan) {
    source.start(plan);
  },
  async next() {
    const batch = await source.next();
    return batch && handOver(batch);
  },
  async cancel() {
    source.cancel();
  },
};

expose(importer);
