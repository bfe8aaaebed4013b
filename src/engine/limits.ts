import type { TaskRunId } from '#domain/ids.ts';
import {
  limitProblem,
  type LimitChange,
  type LimitStatus,
  type SlotHolder,
  type SlotWait,
} from '#domain/limits.ts';
import type { LimitRecord } from '#domain/records.ts';
import type { Store } from '#domain/store.ts';
import { SlotQueue, type SlotWish } from './slot-queue.ts';

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

interface Request extends SlotWish {
  readonly settle: (outcome: SlotOutcome) => void;
}

/**
 * How many may do the same thing at a time. Who holds what is memory only: an engine that starts has lost every attempt.
 * It keeps the slots that their task runs had until they ask again, so that nobody overtakes them.
 * Invariants: no limit is ever exceeded by one that is granted under it; a request takes all its slots at once or none,
 * so nobody waits for another who waits for him; of two that want the same limit the first is served first.
 */
export class Limits {
  readonly #store: Store;
  /** Of the names that have a limit, or someone who holds or waits. */
  readonly #queues = new Map<string, SlotQueue<Request>>();
  readonly #kept = new Map<TaskRunId, Request>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes the limits that are stored, and no others. Call before the first request, and when others were stored. */
  async load(): Promise<void> {
    const stored = await this.#store.limits();
    for (const queue of this.#queues.values()) queue.limit = Infinity;
    for (const { name, limit } of stored) this.#queueOf(name).limit = limit;
    for (const [name, queue] of [...this.#queues]) {
      this.#reconsiderAll(queue);
      this.#tidy(name);
    }
  }

  /** Undefined: it is not set. */
  limitOf(name: string): number | undefined {
    const limit = this.#queues.get(name)?.limit;
    return limit === Infinity ? undefined : limit;
  }

  status(): readonly LimitStatus[] {
    return [...this.#queues]
      .filter(([, { limit }]) => limit < Infinity)
      .map(([name, { limit, held, holders, waiting }]) => ({
        name,
        limit,
        held,
        holders,
        waiting: waiting.size,
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
    const queue = this.#queueOf(name);
    queue.limit = limit ?? Infinity;
    this.#reconsiderAll(queue);
    this.#tidy(name);
    return { ok: true };
  }

  /** Asks for slots of each of the limits; those that are not set do not hold anyone back. */
  request(names: readonly string[], holder: SlotHolder, slots = 1): SlotRequest {
    let settle: Request['settle'] = () => undefined;
    const outcome = new Promise<SlotOutcome>((resolve) => (settle = resolve));
    const request: Request = { names: [...new Set(names)], slots, holder, settle };
    const waits = this.#waitsOf(request);
    for (const queue of this.#queuesOf(request)) queue.wait(request);
    this.#reconsider(request);
    return { waits, outcome, end: () => this.#end(request) };
  }

  /** The task run had a slot of each when its engine was lost, and has them still. */
  keep(taskRun: TaskRunId, names: readonly string[], holder: SlotHolder): void {
    const request: Request = {
      names: [...new Set(names)],
      slots: 1,
      holder,
      settle: () => undefined,
    };
    this.#kept.set(taskRun, request);
    for (const queue of this.#queuesOf(request)) queue.hold(request);
  }

  /** What was kept for the task run is held by whoever asks here, once. */
  takeKept(taskRun: TaskRunId): SlotRequest | undefined {
    const request = this.#kept.get(taskRun);
    if (!request) return undefined;
    this.#kept.delete(taskRun);
    const outcome = Promise.resolve({ kind: 'taken' } as const);
    return { waits: [], outcome, end: () => this.#end(request) };
  }

  #end(request: Request): void {
    const queues = this.#queuesOf(request);
    for (const queue of queues) queue.leave(request);
    // Of one that had its outcome this changes nothing.
    request.settle({ kind: 'withdrawn' });
    this.#serve(request.names);
    for (const name of request.names) this.#tidy(name);
  }

  #reconsiderAll(queue: SlotQueue<Request>): void {
    // Who is served may let others be served that are still to come here.
    for (const request of [...queue.waiting])
      if (queue.waiting.has(request)) this.#reconsider(request);
  }

  /** Grants or refuses one that waits, if its time has come; it then no longer stands in the way of those behind it. */
  #reconsider(request: Request): void {
    if (this.#decide(request)) this.#serve(request.names);
  }

  /** Serves those in front for as long as they can be served. */
  #serve(names: readonly string[]): void {
    const due = new Set(names);
    for (const name of due) {
      due.delete(name);
      const [first] = this.#queueOf(name).waiting;
      if (first && this.#decide(first)) for (const other of first.names) due.add(other);
    }
  }

  /** False: it goes on waiting. */
  #decide(request: Request): boolean {
    const queues = this.#queuesOf(request);
    const impossible = request.names.find((name) => this.#queueOf(name).limit < request.slots);
    if (impossible !== undefined) {
      for (const queue of queues) queue.leave(request);
      const limit = { name: impossible, limit: this.#queueOf(impossible).limit };
      request.settle({ kind: 'refused', limit });
      for (const name of request.names) this.#tidy(name);
      return true;
    }
    if (!queues.every((queue) => queue.isNext(request) && queue.hasRoomFor(request))) return false;
    for (const queue of queues) queue.hold(request);
    request.settle({ kind: 'taken' });
    return true;
  }

  /** What it will have to wait for, before it does. */
  #waitsOf(request: Request): readonly SlotWait[] {
    const asks = request.names.map((name) => ({ name, queue: this.#queueOf(name) }));
    if (asks.some(({ queue }) => queue.limit < request.slots)) return [];
    return asks
      .filter(({ queue }) => queue.limit < Infinity)
      .filter(({ queue }) => queue.waiting.size > 0 || !queue.hasRoomFor(request))
      .map(({ name, queue: { limit: slots, held, holders, waiting } }) => ({
        limit: name,
        slots,
        held,
        holders,
        before: waiting.size,
      }));
  }

  #queuesOf({ names }: Request): readonly SlotQueue<Request>[] {
    return names.map((name) => this.#queueOf(name));
  }

  #queueOf(name: string): SlotQueue<Request> {
    const known = this.#queues.get(name) ?? new SlotQueue<Request>();
    this.#queues.set(name, known);
    return known;
  }

  #tidy(name: string): void {
    if (this.#queueOf(name).isUnused) this.#queues.delete(name);
  }
}
