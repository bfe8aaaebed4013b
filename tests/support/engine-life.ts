import type { Clock, Feed } from '#domain/ports.ts';
import type { Store, Write } from '#domain/store.ts';

const NEVER = new Promise<never>(() => undefined);

/** What a test sees of each commit, before the store does. A rejection is what the engine gets instead. */
export type BeforeCommit = (writes: readonly Write[]) => Promise<void> | void;

/** One engine from start to kill. After its end its ports are silent, as those of a closed tab: nothing rejects. */
export class EngineLife {
  alive = true;
  commits = 0;
  /** It ends instead of making one more commit than this, or as soon as it has made that one. */
  maxCommits = Infinity;
  lastCommit: 'lost' | 'kept' = 'lost';
  beforeCommit: BeforeCommit = () => undefined;
  /** Called when a commit is durable, before the engine hears of it; it may end this life. */
  afterCommit: (writes: readonly Write[]) => void = () => undefined;
  readonly #timers = new Set<() => void>();
  #tellEnd: () => void = () => undefined;
  /** Resolves when it ends. */
  readonly ended = new Promise<void>((resolve) => (this.#tellEnd = resolve));

  end(): void {
    this.alive = false;
    this.#tellEnd();
    for (const stop of this.#timers) stop();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      at: (instant, callback) => {
        if (!this.alive) return () => undefined;
        const stop = clock.at(instant, callback);
        this.#timers.add(stop);
        return stop;
      },
    };
  }

  feed(feed: Feed): Feed {
    return { publish: (message) => this.alive && feed.publish(message) };
  }

  store(store: Store): Store {
    const commit: Store['commit'] = (writes, durability) =>
      this.#whileAlive(async () => {
        const last = this.commits >= this.maxCommits;
        if (last && this.lastCommit === 'lost') return this.end();
        this.commits++;
        await this.beforeCommit(writes);
        if (!this.alive) return;
        await store.commit(writes, durability);
        this.afterCommit(writes);
        if (last) this.end();
      });
    return new Proxy(store, {
      get: (target, key) => {
        if (key === 'commit') return commit;
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) =>
          this.#whileAlive(async () => member.apply(target, args) as unknown);
      },
    });
  }

  async #whileAlive<T>(act: () => Promise<T>): Promise<T> {
    if (!this.alive) return NEVER;
    const [settled] = await Promise.allSettled([act()]);
    if (!this.alive) return NEVER;
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  }
}
