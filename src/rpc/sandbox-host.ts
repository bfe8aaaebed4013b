import srcdoc from 'virtual:sandbox-frame';
import type { FrameQuestion, FrameWord, WorkshopNotice, WorkshopOrder } from '#domain/workshop.ts';

/** A frame that does not come up at all leaves the engine without workers: better said than waited for. */
const READY_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 1000;
/** Looks without an answer after which a frame is taken for gone; looks, not time: a tab may have slept. */
const LOOKS = 5;

export interface SandboxHost {
  /** Removes the frame: the last resort, ends every author worker at once. */
  remove(): void;
}

/**
 * Puts the sandboxed frame into the page and carries ports from the engine to it. The browser may end the frame's process
 * when a worker in it takes all memory; nothing tells the page, so it asks, and puts another frame in its place.
 * @throws Error when the frame does not come up
 */
export async function openSandbox(workshop: MessagePort): Promise<SandboxHost> {
  const sandbox = new Sandbox((notice) => workshop.postMessage(notice));
  await sandbox.open();
  workshop.onmessage = ({ data }: MessageEvent<WorkshopOrder>) => sandbox.take(data);
  return sandbox;
}

class Sandbox implements SandboxHost {
  readonly #notify: (notice: WorkshopNotice) => void;
  /** Spawned in this frame and not ended. */
  readonly #alive = new Set<number>();
  #frame: HTMLIFrameElement | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;
  /** While a frame comes up, orders wait for it. */
  #waiting: WorkshopOrder[] | undefined;
  #ready: () => void = () => undefined;

  constructor(notify: (notice: WorkshopNotice) => void) {
    this.#notify = notify;
    addEventListener('message', ({ data, source }: MessageEvent<FrameWord | undefined>) => {
      if (data && source !== null && source === this.#frame?.contentWindow) this.#hear(data);
    });
  }

  async open(): Promise<void> {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.hidden = true;
    frame.title = 'Author workers';
    frame.srcdoc = srcdoc;
    this.#frame = frame;
    this.#waiting = [];
    const ready = new Promise<void>((resolve) => (this.#ready = resolve));
    document.body.append(frame);
    await withinLimit(ready);
    const orders = this.#waiting;
    this.#waiting = undefined;
    for (const order of orders) this.take(order);
  }

  take(order: WorkshopOrder): void {
    if (this.#waiting) this.#waiting.push(order);
    else if (order.kind === 'look') this.#look();
    else this.#carry(order);
  }

  remove(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#frame?.remove();
    this.#frame = undefined;
  }

  #carry(order: Exclude<WorkshopOrder, { kind: 'look' }>): void {
    if (order.kind === 'spawn') this.#alive.add(order.id);
    else this.#alive.delete(order.id);
    this.#post(order, order.kind === 'spawn' ? [order.calls, order.host] : []);
  }

  #post(message: WorkshopOrder | FrameQuestion, ports: MessagePort[] = []): void {
    // The frame has an opaque origin, so no target origin can be named; the message holds only ports.
    this.#frame?.contentWindow?.postMessage(message, '*', ports);
  }

  #hear(word: FrameWord): void {
    if (word.kind === 'ready') this.#ready();
    if (word.kind === 'here') this.#looked();
    if (word.kind === 'dead') this.#tellDead(word.id, 'worker did not start');
  }

  #look(): void {
    if (this.#looking !== undefined) return;
    let looks = 0;
    const look = (): void => {
      if (looks++ < LOOKS) this.#post({ kind: 'are you there' });
      else void this.#replace();
    };
    this.#looking = setInterval(look, LOOK_EVERY_MS);
    look();
  }

  #looked(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  async #replace(): Promise<void> {
    this.remove();
    const opened = this.open();
    for (const id of this.#alive)
      this.#tellDead(id, 'worker process ended, most likely out of memory');
    // Orders wait for a frame that does not come up, and the engine says that no worker starts.
    await opened.catch(() => undefined);
  }

  #tellDead(id: number, cause: WorkshopNotice['cause']): void {
    if (this.#alive.delete(id)) this.#notify({ kind: 'dead', id, cause });
  }
}

function withinLimit(ready: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('The frame of the author workers did not come up. Reload the page.')),
      READY_LIMIT_MS,
    );
    void ready.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
