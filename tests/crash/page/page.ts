import type { Remote } from 'comlink';
import type { EngineApi } from '#domain/engine-api.ts';
import type { NightshiftEvent } from '#domain/events.ts';
import { connectEngine, engineSetup, type EngineConnection } from '#rpc/engine-connection.ts';
import { openIndexedDbStore } from '#storage/indexeddb-store.ts';
import { databaseName } from '#storage/schema.ts';
import { evidenceIn, type Evidence } from '#tests/crash/evidence.ts';
import { act, BUILT_IN_FLOWS } from '#tests/crash/person.ts';
import type { Arming, CrashApi } from './engine.ts';

/** What happens when the point is reached; by SIGKILL the driver ends the browser. */
export type RealWay = 'engine worker' | 'page reload' | 'SIGKILL';

/** One life of the page, from an engine's start to the end of the session or to the crash. */
export interface Play extends Arming {
  readonly way?: RealWay;
}

export interface Played {
  readonly evidence: Evidence;
  readonly ranAgain: readonly string[];
  readonly struck: boolean;
  readonly stuck?: string;
}

declare global {
  /** Given by the driver; it outlives this page. */
  var crashTold: (event: NightshiftEvent) => Promise<void>;
  var crashReached: () => Promise<void>;
  var crashPage: CrashPage;
}

const ACT_EVERY_MS = 15;
const PATIENCE_MS = 40_000;

/** The page without a screen: starts an engine, acts as a person does, and dies when it is told to. */
class CrashPage {
  #connection: EngineConnection | undefined;
  /** Resolves when the engine that is on was killed. */
  #killed = new Promise<void>(() => undefined);
  #stopped: string | undefined;
  #struck = false;

  async play({ way, ...arming }: Play): Promise<Played> {
    this.#struck = false;
    await this.#open(arming, way);
    const stuck = await this.#toEnd(arming);
    const ranAgain = await this.#api.ranAgain();
    const evidence = await this.#evidence();
    const struck = this.#struck;
    return { evidence, ranAgain, struck, ...(stuck === undefined ? {} : { stuck }) };
  }

  /** As if nobody had ever been here. */
  async clear(): Promise<void> {
    this.#connection?.kill();
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(
        databaseName(new URL('./', document.baseURI).pathname),
      );
      request.onsuccess = () => resolve();
      request.onerror = () => reject(new Error(String(request.error)));
    });
  }

  get #api(): Remote<EngineApi & CrashApi> {
    if (!this.#connection) throw new Error('No engine was opened.');
    return this.#connection.api as unknown as Remote<EngineApi & CrashApi>;
  }

  async #open(arming: Arming, way?: RealWay): Promise<void> {
    const connection = await connectEngine();
    this.#connection = connection;
    this.#stopped = undefined;
    connection.onMessage((message) => {
      if (message.kind === 'event') void crashTold(message.event);
      if (message.kind === 'stopped') this.#stopped = message.reason;
    });
    this.#killed = this.#api.arm(arming).then(() => this.#strike(connection, way));
    await Promise.race([
      this.#api.start(engineSetup({ builtInFlows: BUILT_IN_FLOWS })),
      this.#killed,
    ]);
  }

  /** Exactly at the point: the engine stands still, and now it goes. */
  async #strike(connection: EngineConnection, way: RealWay | undefined): Promise<void> {
    this.#struck = true;
    if (way === 'engine worker') return connection.kill();
    if (way === 'page reload') location.reload();
    else await crashReached();
    return new Promise(() => undefined);
  }

  /** @returns why it did not come to its end */
  async #toEnd({ timeOrigin }: Arming): Promise<string | undefined> {
    const until = performance.now() + PATIENCE_MS;
    let killed = false;
    void this.#killed.then(() => (killed = true));
    while (performance.now() < until) {
      if (killed) {
        killed = false;
        await this.#open({ timeOrigin });
      }
      if (this.#stopped !== undefined) return this.#stopped;
      const acted = await Promise.race([act(this.#api), this.#killed]);
      if (acted === 'done') return undefined;
      await new Promise((resolve) => setTimeout(resolve, ACT_EVERY_MS));
    }
    return `The session did not come to its end in ${PATIENCE_MS / 1000} s.`;
  }

  async #evidence(): Promise<Evidence> {
    const name = databaseName(new URL('./', document.baseURI).pathname);
    const store = await openIndexedDbStore({ name, onClosed: () => undefined });
    try {
      return await evidenceIn(store);
    } finally {
      store.close();
    }
  }
}

export type { CrashPage };
globalThis.crashPage = new CrashPage();
