import { refuseTooLong } from '#domain/codec.ts';
import type { Fault } from '#domain/faults.ts';
import type { HostRequest } from '#domain/host-api.ts';

type Ask = <T>(request: HostRequest, transfer?: Transferable[]) => Promise<T>;

const CHECKPOINT_EVERY_MS = 1000;
const YIELD_EVERY_MS = 16;
const FOREVER = new Promise<never>(() => undefined);

/** Progress of one attempt: yields so that the worker can be stopped, keeps checkpoints, lets faults strike. */
export class ProgressReports {
  readonly #fault: Fault | undefined;
  readonly #ask: Ask;
  #lastCheckpoint = performance.now();
  #lastReport = performance.now();
  #lastFraction = 0;
  #hasSaved = false;
  #reported = -1;
  #reporting: Promise<void> | undefined;

  constructor(fault: Fault | undefined, ask: Ask) {
    this.#fault = fault;
    this.#ask = ask;
  }

  async report(fraction: number, checkpoint?: () => Uint8Array): Promise<void> {
    const strikes = this.#strikes(fraction);
    if (checkpoint && (strikes || this.#checkpointDue())) await this.#save(fraction, checkpoint());
    if (strikes) {
      // The engine ends a crashing worker when it hears this; a hanging one meets its timeout.
      await this.#ask({ method: 'progress', fraction });
      await FOREVER;
    }
    this.#lastFraction = fraction;
    if (this.#isDue(fraction)) this.#reporting = this.#tell(fraction);
    await this.#reporting;
  }

  /** One at a time: whoever does not wait for the answer sends no flood. The end is told once, however soon. */
  #isDue(fraction: number): boolean {
    if (this.#reporting !== undefined) return false;
    if (performance.now() - this.#lastReport >= YIELD_EVERY_MS) return true;
    return fraction >= 1 && this.#reported < 1;
  }

  async #tell(fraction: number): Promise<void> {
    this.#reported = fraction;
    try {
      await this.#ask({ method: 'progress', fraction });
    } finally {
      this.#lastReport = performance.now();
      this.#reporting = undefined;
    }
  }

  /** The first of an attempt is kept at once: whoever asks for it does not mean to wait a second. */
  async saveCheckpoint(make: () => Promise<Uint8Array>, fraction?: number): Promise<boolean> {
    const at = fraction ?? this.#lastFraction;
    const keeps = !this.#hasSaved || this.#checkpointDue() || this.#strikes(at);
    if (keeps) {
      this.#hasSaved = true;
      this.#lastCheckpoint = performance.now();
      await this.#save(at, await make());
    }
    if (fraction !== undefined) await this.report(fraction);
    return keeps;
  }

  #strikes(fraction: number): boolean {
    const effect = this.#fault?.effect;
    if (effect?.kind !== 'hang' && effect?.kind !== 'crash') return false;
    return effect.at > 0 && fraction >= effect.at;
  }

  #checkpointDue(): boolean {
    return performance.now() - this.#lastCheckpoint >= CHECKPOINT_EVERY_MS;
  }

  async #save(fraction: number, bytes: Uint8Array): Promise<void> {
    refuseTooLong('The checkpoint', bytes.byteLength);
    const copy = bytes.slice().buffer;
    await this.#ask({ method: 'saveCheckpoint', fraction, bytes: copy }, [copy]);
    this.#lastCheckpoint = performance.now();
  }
}
