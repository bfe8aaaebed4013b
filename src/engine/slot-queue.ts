import type { SlotHolder } from '#domain/limits.ts';

/** A wish for slots of some limits, all at once. */
export interface SlotWish {
  /** Each once. */
  readonly names: readonly string[];
  readonly slots: number;
  readonly holder: SlotHolder;
}

/** Who holds slots of one limit and who waits for them. Without a limit it has room for all, and still knows them. */
export class SlotQueue<W extends SlotWish> {
  limit = Infinity;
  #held = 0;
  readonly #holding = new Set<W>();
  /** In order of arrival. */
  readonly #waiting = new Set<W>();

  get held(): number {
    return this.#held;
  }

  get holders(): readonly SlotHolder[] {
    return [...this.#holding].map(({ holder }) => holder);
  }

  get waiting(): ReadonlySet<W> {
    return this.#waiting;
  }

  get isUnused(): boolean {
    return this.limit === Infinity && this.#holding.size + this.#waiting.size === 0;
  }

  hasRoomFor({ slots }: W): boolean {
    return this.#held + slots <= this.limit;
  }

  /** It need not wait for anyone who came before it. */
  isNext(wish: W): boolean {
    const [first = wish] = this.limit === Infinity ? [] : this.#waiting;
    return first === wish;
  }

  wait(wish: W): void {
    this.#waiting.add(wish);
  }

  hold(wish: W): void {
    this.#waiting.delete(wish);
    this.#holding.add(wish);
    this.#held += wish.slots;
  }

  leave(wish: W): void {
    this.#waiting.delete(wish);
    if (this.#holding.delete(wish)) this.#held -= wish.slots;
  }
}
