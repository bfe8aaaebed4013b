import type { EngineApi, FeedMessage } from '#domain/engine-api.ts';
import type { ContentHash } from '#domain/ids.ts';
import { modelFileTooLarge, type ModelChange } from '#domain/model-api.ts';
import { rollbackTarget, type ModelHistory } from '#domain/model-history.ts';
import type { ModelAlias, ModelFileAbout } from '#domain/models.ts';
import type { PredictorApi } from '#domain/predictor-api.ts';
import type { AliasRecord, FlowSourceRecord, ModelVersionRecord } from '#domain/records.ts';
import { modelRows, type ModelRow } from '#ui/layout/model-rows.ts';
import { MODEL, SHIPPED } from './champion.svelte.ts';
import type { Connectors } from './connections.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';
import type { Live } from './live.svelte.ts';
import { saveFile } from './save-file.ts';

const REFRESH_AFTER_MS = 250;

interface Shipped {
  readonly about: ModelFileAbout;
  readonly file: ArrayBuffer;
  readonly bytes: number;
}

interface DeskParts {
  readonly session: EngineSession;
  readonly connectors: Pick<Connectors, 'connectPredictor' | 'readAsset'>;
  /** Hands a file to the person. */
  readonly save: (name: string, bytes: ArrayBuffer) => void;
}

interface Registry {
  readonly model: string;
  readonly versions: readonly ModelVersionRecord[];
  readonly aliases: readonly AliasRecord[];
  readonly history: ModelHistory;
}

/** The registry as the Models page shows it, and what a person does with it. */
export class ModelDesk {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Why it could not be read. */
  reason = $state<string>();
  names = $state.raw<readonly string[]>([]);
  #registry = $state.raw<Registry>();
  #shipped = $state.raw<Shipped>();
  busy = $state(false);
  /** What was done last, or why it was not. */
  said = $state<{ readonly text: string; readonly failed: boolean }>();
  readonly #parts: DeskParts;
  #predictor: Promise<PredictorApi> | undefined;
  #wanted: string | undefined;
  #asked = 0;
  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    parts.session.onMessage((message) => this.#hear(message));
  }

  get model(): string {
    return this.#registry?.model ?? this.#wanted ?? MODEL;
  }

  get history(): ModelHistory {
    return this.#registry?.history ?? [];
  }

  get rows(): readonly ModelRow[] {
    const { versions = [], aliases = [] } = this.#registry ?? {};
    return modelRows(versions, aliases, this.model === MODEL ? this.#shipped : undefined);
  }

  get rollbackTarget(): number | undefined {
    const { versions = [] } = this.#registry ?? {};
    return rollbackTarget(this.history, (one) => versions.some(({ version }) => version === one));
  }

  /** @param model undefined: the one that the built-in flow trains, or the first there is */
  show(model: string | undefined): Promise<void> {
    this.#wanted = model;
    return this.load();
  }

  async load(): Promise<void> {
    const model = this.#wanted;
    const asked = ++this.#asked;
    try {
      // Without it version 0 is not in the list; the next load tries again.
      this.#loadShipped().catch(() => undefined);
      const api = await this.#parts.session.api();
      const names = await api.modelNames();
      const chosen = model ?? (names.includes(MODEL) ? MODEL : (names[0] ?? MODEL));
      const [versions, aliases, history] = await Promise.all([
        api.modelVersions(chosen),
        api.modelAliases(chosen),
        api.modelHistory(chosen),
      ]);
      if (asked !== this.#asked) return;
      this.names = names.includes(MODEL) ? names : [MODEL, ...names];
      this.#registry = { model: chosen, versions, aliases, history };
      this.phase = 'ready';
    } catch (error) {
      if (asked !== this.#asked) return;
      this.phase = 'failed';
      this.reason = reasonOf(error);
    }
  }

  promote(alias: ModelAlias, version: number, reason: string): Promise<boolean> {
    return this.#change(
      (api) => api.moveAlias({ model: this.model, alias, version, reason }),
      (moved) => `v${moved} is the ${alias} now.`,
    );
  }

  takeAway(reason: string): Promise<boolean> {
    const move = { model: this.model, alias: 'challenger', version: undefined, reason } as const;
    return this.#change(
      (api) => api.moveAlias(move),
      (version) => `v${version} is no longer the challenger.`,
    );
  }

  rollBack(reason: string): Promise<boolean> {
    return this.#change(
      (api) => api.rollBack({ model: this.model, reason }),
      (version) => `Rolled back: v${version} is the champion again.`,
    );
  }

  delete(version: number): Promise<boolean> {
    return this.#change(
      (api) => api.deleteVersion(this.model, version),
      () => `v${version} is deleted.`,
    );
  }

  async import(file: File, model: string, challenger: boolean): Promise<boolean> {
    const large = modelFileTooLarge(file.name, file.size);
    if (large) this.said = { text: large, failed: true };
    if (large) return false;
    return this.#change(
      async (api) => {
        const bytes = await file.arrayBuffer();
        const alias = challenger ? ({ alias: 'challenger' } as const) : {};
        return api.importModel({ model, fileName: file.name, file: bytes, ...alias });
      },
      (version) => `${file.name} is ${model} v${version} now.`,
    );
  }

  async downloadContainer(row: ModelRow): Promise<void> {
    await this.#saved(`${this.model}-v${row.version}.nightshift-model`, () => this.#file(row));
  }

  async downloadTensorFlow(row: ModelRow): Promise<void> {
    await this.#saved(`${this.model}-v${row.version}-tfjs.zip`, () =>
      this.ask(row, (predictor, key) => predictor.tensorFlowFiles(key)),
    );
  }

  /** Asks a version; its file is handed to the predictor when that does not hold it. */
  async ask<T>(
    row: ModelRow,
    question: (predictor: PredictorApi, key: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const predictor = await this.#connected();
    const key = row.record?.contentHash ?? 'shipped';
    const answer = await question(predictor, key);
    if (answer !== undefined) return answer;
    const file = await this.#file(row);
    if (!file) return undefined;
    await predictor.keep(key, file);
    return question(predictor, key);
  }

  /** The flow that trained a version; it stays when the run is deleted. */
  async source(hash: ContentHash): Promise<FlowSourceRecord | undefined> {
    return (await this.#parts.session.api()).flowSource(hash);
  }

  async #file({ version, record }: ModelRow): Promise<ArrayBuffer | undefined> {
    if (!record) return this.#shipped?.file;
    return (await this.#parts.session.api()).modelFile(record.model, version);
  }

  async #loadShipped(): Promise<void> {
    if (this.#shipped) return;
    const response = await this.#parts.connectors.readAsset(SHIPPED);
    if (!response) return;
    const file = await response.arrayBuffer();
    const predictor = await this.#connected();
    await predictor.keep('shipped', file);
    const about = await predictor.describe('shipped');
    if (about) this.#shipped = { about, file, bytes: file.byteLength };
  }

  #connected(): Promise<PredictorApi> {
    this.#predictor ??= this.#parts.connectors.connectPredictor();
    this.#predictor.catch(() => (this.#predictor = undefined));
    return this.#predictor;
  }

  async #saved(name: string, read: () => Promise<ArrayBuffer | undefined>): Promise<void> {
    try {
      const bytes = await read();
      if (bytes) this.#parts.save(name, bytes);
      this.said = bytes
        ? { text: `${name} is downloaded.`, failed: false }
        : { text: 'The file of this version is no longer stored.', failed: true };
    } catch (error) {
      this.said = { text: reasonOf(error), failed: true };
    }
  }

  async #change(
    act: (api: EngineApi) => Promise<ModelChange>,
    words: (version: number) => string,
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.said = undefined;
    try {
      const change = await act(await this.#parts.session.api());
      const text = change.ok ? words(change.version) : change.reason;
      this.said = { text, failed: !change.ok };
      await this.load();
      return change.ok;
    } catch (error) {
      this.said = { text: reasonOf(error), failed: true };
      return false;
    } finally {
      this.busy = false;
    }
  }

  #hear(message: FeedMessage): void {
    const changes =
      message.kind === 'status' ||
      (message.kind === 'event' && message.event.streamId.startsWith('model:'));
    if (!changes || this.phase === 'loading' || this.#refresh !== undefined) return;
    // A promotion is several events, and a change by hand loads as well.
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      void this.load();
    }, REFRESH_AFTER_MS);
  }
}

const desks = new WeakMap<Live, ModelDesk>();

/** One for the page, made when the Models page is first shown. */
export function modelDeskOf(live: Live): ModelDesk {
  const { session, connectors } = live;
  const desk = desks.get(live) ?? new ModelDesk({ session, connectors, save: saveFile });
  desks.set(live, desk);
  return desk;
}
