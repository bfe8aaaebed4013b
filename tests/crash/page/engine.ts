import { EngineHost } from '#engine/engine-host.ts';
import type { EnginePorts } from '#engine/ports.ts';
import { expose, forbidCallbacks } from '#rpc/expose.ts';
import { portFeed } from '#rpc/feed.ts';
import { openEnginePorts, type EngineChannels } from '#workers/engine-ports.ts';
import { EngineLife } from '#tests/support/engine-life.ts';
import { withPoints } from '#tests/crash/crash-points.ts';
import { fastClock } from './fast-clock.ts';

/** Two tasks run side by side, on whichever machine. */
const POOL_SIZE = 2;

/** How a page prepares an engine that is to crash; called before `start`. */
export interface Arming {
  /** At which it stops dead; none: it goes on to the end. */
  readonly point?: string;
  /** Where logical time began, in milliseconds since the epoch: the same for all engines of a session. */
  readonly timeOrigin: number;
}

/** What the page asks of this engine besides what it asks of every one. */
export interface CrashApi {
  /** Resolves when the point is reached; nothing of the engine's moves then any more. */
  arm(arming: Arming): Promise<void>;
  ranAgain(): Promise<readonly string[]>;
}

interface Ports {
  readonly feed: MessagePort;
  readonly workshop: MessagePort;
}

/** The engine of the site over the same ports, with points in between. */
class CrashingEngine extends EngineHost implements CrashApi {
  readonly #life: EngineLife;
  readonly #ranAgain: string[] = [];
  #arming: Arming = { timeOrigin: 0 };
  #tellReached: () => void = () => undefined;

  constructor(channels: EngineChannels) {
    const life = new EngineLife();
    super(life.feed(channels.feed), async (setup, onClosed) => {
      const opened = await openEnginePorts(channels, setup, onClosed);
      return { ...opened, ports: this.#crashing(opened.ports) };
    });
    this.#life = life;
  }

  async arm(arming: Arming): Promise<void> {
    this.#arming = arming;
    await new Promise<void>((resolve) => (this.#tellReached = resolve));
  }

  async ranAgain(): Promise<readonly string[]> {
    return this.#ranAgain;
  }

  #crashing(ports: EnginePorts): EnginePorts {
    const life = this.#life;
    const mortal = {
      ...ports,
      poolSize: POOL_SIZE,
      clock: life.clock(fastClock(ports.clock, this.#arming.timeOrigin)),
      store: life.store(ports.store),
      feed: life.feed(ports.feed),
    };
    return withPoints(mortal, {
      reach: (point) => this.#reach(point),
      ranAgain: (id) => this.#ranAgain.push(id),
    }).ports;
  }

  #reach(point: string): Promise<void> {
    if (!this.#life.alive) return NEVER;
    if (point !== this.#arming.point) return DONE;
    this.#life.end();
    this.#tellReached();
    return NEVER;
  }
}

const NEVER = new Promise<never>(() => undefined);
const DONE = Promise.resolve();

forbidCallbacks();

addEventListener('message', function connect({ data, ports }: MessageEvent<Ports>) {
  if (ports.length !== 2) return;
  removeEventListener('message', connect);
  expose(new CrashingEngine({ feed: portFeed(data.feed), workshop: data.workshop }));
});
