import type { FrameQuestion, FrameWord, WorkshopOrder } from '#domain/workshop.ts';

/** The one script of the sandboxed frame: spawns and ends author workers, and looks at nothing they say. */
declare const __BOOT__: string;

const workers = new Map<number, Worker>();
const boot = URL.createObjectURL(new Blob([__BOOT__], { type: 'text/javascript' }));
const say = (word: FrameWord): void => parent.postMessage(word, '*');

function spawn({ id, calls, host }: Extract<WorkshopOrder, { kind: 'spawn' }>): void {
  try {
    const worker = new Worker(boot);
    workers.set(id, worker);
    worker.onerror = () => say({ kind: 'dead', id });
    worker.postMessage({ calls, host }, [calls, host]);
  } catch {
    say({ kind: 'dead', id });
  }
}

function end(id: number): void {
  workers.get(id)?.terminate();
  workers.delete(id);
}

addEventListener('message', ({ data, source }: MessageEvent<WorkshopOrder | FrameQuestion>) => {
  if (source !== parent) return;
  if (data.kind === 'spawn') spawn(data);
  else if (data.kind === 'end') end(data.id);
  else say({ kind: 'here' });
});
say({ kind: 'ready' });
