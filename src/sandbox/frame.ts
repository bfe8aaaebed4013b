import type { WorkshopOrder } from '#domain/workshop.ts';

/** The one script of the sandboxed frame: spawns and ends author workers, and looks at nothing they say. */
declare const __BOOT__: string;

const workers = new Map<number, Worker>();
const boot = URL.createObjectURL(new Blob([__BOOT__], { type: 'text/javascript' }));

function spawn({ id, calls, host }: Extract<WorkshopOrder, { kind: 'spawn' }>): void {
  const worker = new Worker(boot);
  workers.set(id, worker);
  worker.onerror = () => parent.postMessage({ kind: 'dead', id }, '*');
  worker.postMessage({ calls, host }, [calls, host]);
}

function end(id: number): void {
  workers.get(id)?.terminate();
  workers.delete(id);
}

addEventListener('message', ({ data, source }: MessageEvent<WorkshopOrder>) => {
  if (source !== parent) return;
  if (data.kind === 'spawn') spawn(data);
  else end(data.id);
});
parent.postMessage({ kind: 'ready' }, '*');
