import * as Comlink from 'comlink';
import importerUrl from '#workers/importer.ts?worker&url';
import type { ImporterApi, ImportProgress } from '#domain/import-plan.ts';
import { handOver } from './hand-over.ts';
import { startUnderPolicy } from './policy-worker.ts';
import { whileAlive } from './while-alive.ts';

export interface ImporterConnection {
  readonly api: Omit<ImporterApi, 'listen'>;
  readonly handOver: typeof handOver;
  close(): void;
}

/** Reads strangers' files, so it is started as the engine is: without eval, and with no way to another origin. */
export async function connectImporter(
  onProgress: (progress: ImportProgress) => void,
): Promise<ImporterConnection> {
  const worker = startUnderPolicy(new URL(importerUrl, document.baseURI).href);
  const { alive, end } = whileAlive(worker, 'The worker that reads files');
  const remote = Comlink.wrap<ImporterApi>(worker);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<ImportProgress>) => onProgress(data);
  await alive(remote.listen(Comlink.transfer(port2, [port2])));
  return {
    api: {
      open: (...asked) => alive(remote.open(...asked)),
      check: (plan) => alive(remote.check(plan)),
      start: (plan) => alive(remote.start(plan)),
      next: () => alive(remote.next()),
      cancel: () => alive(remote.cancel()),
    },
    handOver,
    close: end,
  };
}
