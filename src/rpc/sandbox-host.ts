import srcdoc from 'virtual:sandbox-frame';
import type { WorkshopOrder } from '#domain/workshop.ts';

/** What the frame says; anything else on the page's message event is not ours. */
type FrameWord = { readonly kind?: string } | undefined;

export interface SandboxHost {
  /** Removes the frame: the last resort, ends every author worker at once. */
  remove(): void;
}

/** Puts the sandboxed frame into the page and carries ports from the engine to it. */
export async function openSandbox(workshop: MessagePort): Promise<SandboxHost> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.hidden = true;
  frame.title = 'Author workers';
  frame.srcdoc = srcdoc;
  const ready = heard(frame, 'ready');
  document.body.append(frame);
  await ready;
  addEventListener('message', ({ data, source }: MessageEvent<FrameWord>) => {
    if (source === frame.contentWindow && data?.kind === 'dead') workshop.postMessage(data);
  });
  workshop.onmessage = ({ data }: MessageEvent<WorkshopOrder>) => carry(frame, data);
  return { remove: () => frame.remove() };
}

function carry(frame: HTMLIFrameElement, order: WorkshopOrder): void {
  const ports = order.kind === 'spawn' ? [order.calls, order.host] : [];
  // The frame has an opaque origin, so no target origin can be named; the message holds only ports.
  frame.contentWindow?.postMessage(order, '*', ports);
}

function heard(frame: HTMLIFrameElement, kind: string): Promise<void> {
  return new Promise((resolve) => {
    addEventListener('message', function listener({ data, source }: MessageEvent<FrameWord>) {
      if (source !== frame.contentWindow || data?.kind !== kind) return;
      removeEventListener('message', listener);
      resolve();
    });
  });
}
