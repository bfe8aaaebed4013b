import type { LossCause } from '#domain/failures.ts';
import type { WorkshopNotice, WorkshopOrder } from '#domain/workshop.ts';

/** The ends of a worker's two channels that stay with the engine. */
export interface WorkerPorts {
  readonly id: number;
  readonly calls: MessagePort;
  readonly host: MessagePort;
}

/** The engine's end of the port over which workers are ordered. */
export class Workshop {
  readonly #port: MessagePort;
  readonly #watched = new Map<number, (cause: LossCause) => void>();
  #nextId = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<WorkshopNotice>) => {
      const onDead = this.#watched.get(data.id);
      this.#watched.delete(data.id);
      onDead?.(data.cause);
    };
  }

  spawn(): WorkerPorts {
    const id = this.#nextId++;
    const calls = new MessageChannel();
    const host = new MessageChannel();
    this.#order({ kind: 'spawn', id, calls: calls.port2, host: host.port2 }, [
      calls.port2,
      host.port2,
    ]);
    return { id, calls: calls.port1, host: host.port1 };
  }

  /** Calls back once when the worker is gone without having been ended; whoever is told later replaces who was before. */
  watch(id: number, onDead: (cause: LossCause) => void): void {
    this.#watched.set(id, onDead);
  }

  end(id: number): void {
    this.#watched.delete(id);
    this.#order({ kind: 'end', id });
  }

  /** A worker is silent: perhaps they are all gone. */
  look(): void {
    this.#order({ kind: 'look' });
  }

  #order(order: WorkshopOrder, ports: MessagePort[] = []): void {
    this.#port.postMessage(order, ports);
  }
}
