import type { Failure } from '#domain/failures.ts';
import type { HostCaller } from '#domain/host-caller.ts';
import {
  MAX_MESSAGE_BYTES,
  parseHostMessage,
  type HostReply,
  type HostRequest,
} from '#domain/host-api.ts';
import type { HostAnswer, HostHandler } from '#domain/ports.ts';
import { StorageFull } from '#domain/store.ts';

/**
 * The engine's end of an author worker's `host` port. Never Comlink: on the trusted side every message is checked
 * against a schema, and only between two calls of `serve` and `stop` does anyone answer.
 */
export class HostServer {
  readonly #port: MessagePort;
  readonly #now: () => number;
  #handler: HostHandler | undefined;

  /** @param onHeard called for every message, a bare sign of life included */
  constructor(port: MessagePort, now: () => number, onHeard: () => void = () => undefined) {
    this.#port = port;
    this.#now = now;
    port.onmessage = (event) => {
      onHeard();
      void this.#receive(event.data);
    };
  }

  serve(handler: HostHandler): void {
    this.#handler = handler;
  }

  /** Messages of an ended attempt are dropped. */
  stop(): void {
    this.#handler = undefined;
  }

  close(): void {
    this.stop();
    this.#port.close();
  }

  async #receive(data: unknown): Promise<void> {
    const handler = this.#handler;
    const id = idOf(data);
    if (!handler || id === undefined) return;
    const reply = await answer(handler, data);
    if (this.#handler !== handler) return;
    this.#port.postMessage({ id, at: this.#now(), ...reply } satisfies HostReply);
  }
}

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
