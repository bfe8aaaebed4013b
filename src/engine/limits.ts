import {
  limitProblem,
  type LimitChange,
  type LimitStatus,
  type SlotHolder,
  type SlotWait,
} from '#domain/limits.ts';
import type { LimitRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';

export type SlotOutcome =
  | { readonly kind: 'taken' }
  /** The limit has fewer slots than are asked for: it would wait for ever. */
  | { readonly kind: 'refused'; readonly limit: LimitRecord }
  | { readonly kind: 'withdrawn' };

/** Someone's slots, or the wish for them. */
export interface SlotRequest {
  /** What it waited for when it was made; empty when it need not wait. */
  readonly waits: readonly SlotWait[];
  readonly outcome: Promise<SlotOutcome>;
  /** Gives the slots back, or waits no more. */
  readonly end: () => void;
}

interface Request {
  readonly names: readonly string[];
  readonly slots: number;
  readonly holder: SlotHolder;
  readonly settle: (outcome: SlotOutcome) => void;
}

/**
 * How many may do the same thing at a time. Who holds what is memory only: an engine that starts has lost every attempt.
 * Invariants: no limit is ever exceeded by one that is granted under it; a request takes all its slots at once or none,
 * so nobody waits for another who waits for him; of two that want the same limit the first is served first.
 */
export class Limits {
  readonly #store: Store;
  readonly #limits = new Map<string, number>();
  readonly #holding = new Set<Request>();
  /** In order of arrival. */
  readonly #waiting = new Set<Request>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Call before the first request. */
  async load(): Promise<void> {
    for (const { name, limit } of await this.#store.limits()) this.#limits.set(name, limit);
  }

  /** Undefined: it is not set. */
  limitOf(name: string): number | undefined {
    return this.#limits.get(name);
  }

  status(): readonly LimitStatus[] {
    return [...this.#limits].map(([name, limit]) => ({
      name,
      limit,
      held: this.#heldOf(name),
      holders: this.#holdersOf(name),
      waiting: [...this.#waiting].filter(({ names }) => names.includes(name)).length,
    }));
  }

  /** @param limit undefined takes the limit away; whoever waited for it goes on */
  async set(name: string, limit: number | undefined): Promise<LimitChange> {
    const reason = limitProblem({ name, limit: limit ?? 0 });
    if (reason !== undefined) return { ok: false, reason };
    await this.#store.commit([
      limit === undefined
        ? { store: 'limits', op: 'delete', key: name }
        : { store: 'limits', op: 'put', record: { name, limit } },
    ]);
    if (limit === undefined) this.#limits.delete(name);
    else this.#limits.set(name, limit);
    this.#serve();
    return { ok: true };
  }

  /** Asks for slots of each of the limits; those that are not set do not hold anyone back. */
  request(names: readonly string[], holder: SlotHolder, slots = 1): SlotRequest {
    let settle: Request['settle'] = () => undefined;
    const outcome = new Promise<SlotOutcome>((resolve) => (settle = resolve));
    const request: Request = { names: [...new Set(names)], slots, holder, settle };
    this.#waiting.add(request);
    this.#serve();
    const waits = this.#waiting.has(request) ? this.#waitsOf(request) : [];
    return { waits, outcome, end: () => this.#end(request) };
  }

  #end(request: Request): void {
    const held = this.#holding.delete(request);
    const waited = this.#waiting.delete(request);
    if (waited) request.settle({ kind: 'withdrawn' });
    if (held || waited) this.#serve();
  }

  /** One pass in order of arrival: who cannot be served keeps his limits from all who came later. */
  #serve(): void {
    const claimed = new Set<string>();
    for (const request of this.#waiting) {
      const impossible = request.names.find((name) => this.#roomOf(name) < request.slots);
      if (impossible !== undefined) this.#refuse(request, impossible);
      else if (request.names.every((name) => !claimed.has(name) && this.#fits(name, request)))
        this.#grant(request);
      else
        for (const name of request.names.filter((one) => this.#limits.has(one))) claimed.add(name);
    }
  }

  #refuse(request: Request, name: string): void {
    this.#waiting.delete(request);
    request.settle({ kind: 'refused', limit: { name, limit: this.#roomOf(name) } });
  }

  #grant(request: Request): void {
    this.#waiting.delete(request);
    this.#holding.add(request);
    request.settle({ kind: 'taken' });
  }

  #waitsOf(request: Request): readonly SlotWait[] {
    const earlier = [...this.#waiting].slice(0, -1);
    return request.names
      .filter((name) => this.#limits.has(name))
      .map((name) => ({
        limit: name,
        slots: this.#roomOf(name),
        held: this.#heldOf(name),
        holders: this.#holdersOf(name),
        before: earlier.filter(({ names }) => names.includes(name)).length,
      }))
      .filter(({ limit, before }) => before > 0 || !this.#fits(limit, request));
  }

  #fits(name: string, { slots }: Request): boolean {
    return this.#heldOf(name) + slots <= this.#roomOf(name);
  }

  #roomOf(name: string): number {
    return this.#limits.get(name) ?? Infinity;
  }

  #heldOf(name: string): number {
    return this.#holdersIn(name).reduce((sum, { slots }) => sum + slots, 0);
  }

  #holdersOf(name: string): readonly SlotHolder[] {
    return this.#holdersIn(name).map(({ holder }) => holder);
  }

  #holdersIn(name: string): readonly Request[] {
    return [...this.#holding].filter(({ names }) => names.includes(name));
  }
}
