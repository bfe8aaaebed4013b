import type { Explanation, PredictorApi } from '#domain/predictor-api.ts';
import type { Connectors } from './connections.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

export const MODEL = 'sentiment';
export const SHIPPED = './recorded/model-v0.bin';

/** "Try a sentence": the champion, and until there is one the model that ships with the site. */
export class ChampionStore {
  text = $state('The screen is gorgeous but the battery dies by noon');
  #explained = $state.raw<{ readonly text: string; readonly explanation: Explanation }>();
  status = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state<string>();
  /** 0: shipped with the site. */
  version = $state<number>();
  readonly #connectors: Connectors;
  #predictor: Promise<PredictorApi> | undefined;
  #asked = 0;

  constructor(connectors: Connectors) {
    this.#connectors = connectors;
  }

  get saysWho(): string {
    return this.version ? `champion v${this.version}` : 'version 0, shipped with the site';
  }

  /** Of this very text: its offsets fit no other. */
  get explanation(): Explanation | undefined {
    return this.#explained?.text === this.text ? this.#explained.explanation : undefined;
  }

  async loadShipped(): Promise<void> {
    const file = await this.#connectors.readAsset(SHIPPED);
    if (this.version !== undefined) return;
    if (file) await this.#load(await file.arrayBuffer(), 0);
    else this.#fail('No model has been trained here yet. Press Run to train one.');
  }

  async loadChampion(session: EngineSession): Promise<void> {
    const champion = await (await session.api()).champion(MODEL);
    if (champion && champion.version.version !== this.version)
      await this.#load(champion.container, champion.version.version);
  }

  setText(text: string): void {
    this.text = text;
    void this.#explain();
  }

  async #load(container: ArrayBuffer, version: number): Promise<void> {
    try {
      this.#predictor ??= this.#connectors.connectPredictor();
      await (await this.#predictor).load(container);
      this.version = version;
      this.status = 'ready';
      await this.#explain();
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }

  /** Only the newest question is answered: typing is faster than answers. */
  async #explain(): Promise<void> {
    if (!this.#predictor || this.version === undefined) return;
    const asked = ++this.#asked;
    try {
      const { text } = this;
      const explanation = await (await this.#predictor).explain(text);
      if (asked === this.#asked) this.#explained = { text, explanation };
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }

  #fail(reason: string): void {
    this.status = 'failed';
    this.reason = reason;
  }
}
