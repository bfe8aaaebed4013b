/** The one script of the sandboxed frame: spawns and ends author workers, and looks at nothing they say. */
declare const __BOOT__: string;

type Command =
  | {
      readonly kind: 'spawn';
      readonly id: number;
      readonly calls: MessagePort;
      readonly host: MessagePort;
    }
  | { readonly kind: 'end'; readonly id: number };

const workers = new Map<number, Worker>();
const boot = URL.createObjectURL(new Blob([__BOOT__], { type: 'text/javascript' }));

function spawn({ id, calls, host }: Extract<Command, { kind: 'spawn' }>): void {
  const worker = new Worker(boot);
  workers.set(id, worker);
  worker.onerror = () => parent.postMessage({ kind: 'dead', id }, '*');
  worker.postMessage({ calls, host }, [calls, host]);
}

function end(id: number): void {
  workers.get(id)?.terminate();
  workers.delete(id);
}

addEventListener('message', ({ data, source }: MessageEvent<Command>) => {
  if (source !== parent) return;
  if (data.kind === 'spawn') spawn(data);
  else end(data.id);
});
parent.postMessage({ kind: 'ready' }, '*');
