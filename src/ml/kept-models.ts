import { unpackModel, type StoredModel } from './container.ts';
import { readyModel, type LoadedModel } from './predict.ts';

export interface KeptModel {
  readonly stored: StoredModel;
  readonly ready: LoadedModel;
}

/** A loaded model takes about so many times its file: its tables, its weights, the buffers of its reader. */
const TIMES_ITS_FILE = 6;
const MOST_BYTES = 200_000_000;

/** Models by key, as many as there is room for: those used longest ago go first. The newest stays, however large. */
export class KeptModels {
  readonly #kept = new Map<string, KeptModel & { readonly bytes: number }>();
  readonly #most: number;

  /** @param most bytes of all of them together, about */
  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /** @throws UnreadableFile when the bytes are damaged or something else; then what was kept stays */
  keep(key: string, container: Uint8Array): void {
    const stored = unpackModel(container);
    const bytes = container.length * TIMES_ITS_FILE;
    this.#kept.delete(key);
    this.#makeRoom(bytes);
    this.#kept.set(key, { stored, ready: readyModel(stored), bytes });
  }

  get(key: string): KeptModel | undefined {
    const found = this.#kept.get(key);
    if (!found) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  #makeRoom(needed: number): void {
    let used = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, needed);
    for (const [key, { bytes }] of this.#kept) {
      if (used <= this.#most) return;
      this.#kept.delete(key);
      used -= bytes;
    }
  }
}
