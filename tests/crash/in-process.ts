import type { EnginePorts } from '#engine/ports.ts';
import { authorCode } from '#tests/support/author-code.ts';
import { EngineRig } from '#tests/support/engine-rig.ts';
import { withPoints, type PointedPorts, type Role } from './crash-points.ts';
import { evidenceIn } from './evidence.ts';
import type { Session } from './judgement.ts';
import { act, BUILT_IN_FLOWS } from './person.ts';

/** What can be done to an engine in this process. Its end stands for every way in which all of it is gone at once. */
export type InProcessWay =
  | { readonly kind: 'throw' }
  | { readonly kind: 'author workers end'; readonly roles: readonly Role[] }
  | { readonly kind: 'engine ends' };

export interface Crash {
  readonly point: string;
  readonly way: InProcessWay;
}

export interface CrashedSession extends Session {
  /** In the order in which they were reached first. */
  readonly points: readonly string[];
  /** The crash happened. */
  readonly struck: boolean;
  /** Why it did not come to its end, when it did not. */
  readonly stuck?: string;
}

/** A person's session with a crash in it, to its end. */
export async function sessionWith(crash?: Crash): Promise<CrashedSession> {
  return new InProcessSession(crash).play();
}

const MAX_TURNS = 50;
const NEVER = new Promise<never>(() => undefined);

class InProcessSession {
  readonly #crash: Crash | undefined;
  readonly #rig: EngineRig;
  readonly #points = new Set<string>();
  readonly #ranAgain: string[] = [];
  #workers: PointedPorts['workers'] | undefined;
  #struck = false;
  /** The person was told that the engine stopped, or got an error for an answer. */
  #broken = false;

  constructor(crash: Crash | undefined) {
    this.#crash = crash;
    this.#rig = new EngineRig(authorCode, {
      files: BUILT_IN_FLOWS['retrain-sentiment'] ?? [],
      wrap: (ports) => this.#wrap(ports),
    });
  }

  async play(): Promise<CrashedSession> {
    const { clock, store, feed } = this.#rig;
    await this.#begin(() => this.#rig.engine.begin());
    const stuck = await clock
      .until(() => this.#isDone(), 'the end of the session')
      .then(
        () => undefined,
        (error: unknown) => String(error),
      );
    this.#rig.kill();
    return {
      evidence: await evidenceIn(store),
      shown: feed.events(),
      ranAgain: this.#ranAgain,
      points: [...this.#points],
      struck: this.#struck,
      ...(stuck === undefined ? {} : { stuck }),
    };
  }

  /** Acts until something is waited for that takes time. */
  async #isDone(): Promise<boolean> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      if (await this.#acted()) return true;
      await this.#rig.clock.settle();
      if (!this.#needsReload && this.#rig.clock.next !== undefined) return false;
    }
    return false;
  }

  get #needsReload(): boolean {
    return this.#broken || this.#rig.feed.stopped.length > 0 || !this.#rig.life.alive;
  }

  async #acted(): Promise<boolean> {
    if (this.#needsReload) await this.#reload();
    const acted = await Promise.race([act(this.#rig.engine), this.#rig.life.ended]).catch(() => {
      this.#broken = true;
      return 'waiting';
    });
    return acted === 'done';
  }

  /** What the message says that one should do. */
  async #reload(): Promise<void> {
    this.#broken = false;
    this.#rig.feed.messages.push(...this.#rig.feed.messages.splice(0).filter(isNoStop));
    await this.#begin(() => this.#rig.restart());
  }

  async #begin(begin: () => Promise<void>): Promise<void> {
    await Promise.race([begin(), this.#rig.life.ended]).catch(() => (this.#broken = true));
    await this.#rig.clock.settle();
  }

  #wrap(ports: EnginePorts): EnginePorts {
    const pointed = withPoints(ports, {
      reach: (point) => this.#reach(point),
      ranAgain: (id) => this.#ranAgain.push(id),
    });
    this.#workers = pointed.workers;
    return pointed.ports;
  }

  async #reach(point: string): Promise<void> {
    this.#points.add(point);
    if (this.#struck || point !== this.#crash?.point) return;
    this.#struck = true;
    const { way } = this.#crash;
    switch (way.kind) {
      case 'throw':
        throw new Error(`crash ${point}`);
      case 'author workers end':
        return this.#workers?.terminate(way.roles);
      default:
        this.#rig.kill();
        return NEVER;
    }
  }
}

const isNoStop = ({ kind }: { readonly kind: string }): boolean => kind !== 'stopped';
