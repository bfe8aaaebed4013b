import type { Failure } from '#domain/failures.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import {
  LINE_CREDITS,
  MAX_MESSAGE_BYTES,
  parseHostMessage,
  REQUEST_CREDITS,
  type HostReply,
  type HostRequest,
} from '#domain/host-api.ts';
import type { HostAnswer, HostHandler } from '#domain/ports.ts';
import { StorageFull } from '#domain/store.ts';
import { Backlog } from './backlog.ts';

/** What the owner of a worker hears of its `host` port. */
export interface HostEars {
  /** Any message, a bare sign of life included. */
  onHeard?(): void;
  /** It sent more than it may. Nothing is answered any more. */
  onFlood?(): void;
}

/** What is asked in one call, between `serve` and `stop`. */
interface Serving {
  readonly handler: HostHandler;
  /** Requests that are not answered yet. */
  lines: number;
  others: number;
}

/**
 * The engine's end of an author worker's `host` port. Never Comlink: on the trusted side every message is checked
 * against a schema, and only between two calls of `serve` and `stop` does anyone answer.
 * The author's side waits for credits by itself; code that got hold of the port does not, so they are counted here.
 */
export class HostServer {
  readonly #port: MessagePort;
  readonly #now: () => number;
  readonly #ears: HostEars;
  readonly #backlog = new Backlog();
  #serving: Serving | undefined;

  constructor(port: MessagePort, now: () => number, ears: HostEars = {}) {
    this.#port = port;
    this.#now = now;
    this.#ears = ears;
    port.onmessage = (event) => {
      ears.onHeard?.();
      if (this.#backlog.read()) void this.#receive(event.data);
      else this.#flooded();
    };
  }

  serve(handler: HostHandler): void {
    this.#serving = { handler, lines: 0, others: 0 };
  }

  /** Messages of an ended attempt are dropped. */
  stop(): void {
    this.#serving = undefined;
  }

  close(): void {
    this.stop();
    this.#port.onmessage = null;
    this.#port.close();
  }

  async #receive(data: unknown): Promise<void> {
    const serving = this.#serving;
    const id = idOf(data);
    if (!serving || id === undefined) return;
    const kind = isLines(data) ? 'lines' : 'others';
    if (++serving[kind] > CREDITS[kind]) return this.#flooded();
    const reply = await answer(serving.handler, data);
    serving[kind]--;
    if (this.#serving !== serving) return;
    this.#port.postMessage({ id, at: this.#now(), ...reply } satisfies HostReply);
  }

  #flooded(): void {
    this.close();
    this.#ears.onFlood?.();
  }
}

const CREDITS = { lines: LINE_CREDITS, others: REQUEST_CREDITS } as const;

async function answer(handler: HostHandler, data: unknown): Promise<HostAnswer> {
  try {
    const { request } = parseHostMessage(data);
    refuseLongMessages(request);
    return await handler(request);
  } catch (error) {
    return { ok: false, failure: asFailure(error) };
  }
}

function refuseLongMessages(request: HostRequest): void {
  if (request.method !== 'lines') return;
  const length = request.lines.reduce(
    (sum, line) => sum + (line.kind === 'log' ? line.message.length : 200),
    0,
  );
  if (length > MAX_MESSAGE_BYTES)
    throw new Error(`Lines of ${length} characters in one message are too many.`);
}

function asFailure(error: unknown): Failure {
  if (error instanceof StorageFull) return { kind: 'storage-full', message: error.message };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'exception', name, message };
}

function idOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('id' in data)) return undefined;
  return typeof data.id === 'number' ? data.id : undefined;
}

function isLines(data: unknown): boolean {
  const { request } = data as { readonly request?: { readonly method?: unknown } };
  return request?.method === 'lines';
}

/** The author worker's end. */
export function callHost(port: MessagePort): HostCaller {
  const waiting = new Map<number, (reply: HostReply) => void>();
  let next = 0;
  port.onmessage = ({ data }: MessageEvent<HostReply>) => {
    const settle = waiting.get(data.id);
    waiting.delete(data.id);
    settle?.(data);
  };
  return {
    ask: (request, transfer = []) =>
      new Promise((resolve) => {
        const id = next++;
        waiting.set(id, resolve);
        port.postMessage({ id, request }, transfer);
      }),
  };
}
