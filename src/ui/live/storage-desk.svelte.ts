import type { EngineApi, FeedMessage } from '#domain/engine-api.ts';
import type { Retained, RetentionPolicy, StorageUse } from '#domain/retention.ts';
import { count, plural } from '#ui/layout/numbers.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';
import type { Live } from './live.svelte.ts';
import { saveFile } from './save-file.ts';

type StorageWork = 'deleting' | 'writing the file' | 'loading the file';

/** A file that is refused only because runs are here already: it waits for a yes or a no. */
interface FileToAdd {
  readonly file: File;
  readonly reason: string;
}

interface DeskParts {
  readonly session: EngineSession;
  /** Hands a file to the person. */
  readonly save: (name: string, bytes: ArrayBuffer) => void;
  /** What the page shows is no longer what is stored. */
  readonly onLoaded: () => Promise<void>;
  readonly now: () => number;
}

/** What is kept here: how much it is, deleting old runs, and the whole of it as a file. */
export class StorageDesk {
  use = $state.raw<StorageUse>();
  work = $state<StorageWork>();
  /** What was done last, or why it was not. */
  said = $state<{ readonly text: string; readonly failed: boolean }>();
  toAdd = $state.raw<FileToAdd>();
  /** Deleted runs of which something is left. */
  removing = $state(0);
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    parts.session.onMessage((message) => this.#hear(message));
  }

  /** Without a word when there is no engine: that says so itself. */
  async look(): Promise<void> {
    try {
      this.use = await (await this.#parts.session.api()).storageUse();
      this.removing = this.use.removing;
    } catch {
      this.use = undefined;
    }
  }

  delete(oldest: number): Promise<void> {
    return this.#do('deleting', async (api) => deletedWords(await api.retain({ oldest })));
  }

  keep(policy: RetentionPolicy): Promise<void> {
    return this.#do('deleting', async (api) => {
      const retained = await api.setRetention(policy);
      return retained.ok && retained.runs === 0 ? policyWords(policy) : deletedWords(retained);
    });
  }

  download(): Promise<void> {
    return this.#do('writing the file', async (api) => {
      const bytes = await api.exportState();
      this.#parts.save(fileName(this.#parts.now()), bytes);
      return { text: 'Everything that is kept here is in the downloaded file.', failed: false };
    });
  }

  async load(file: File, add = false): Promise<void> {
    this.toAdd = undefined;
    await this.#do('loading the file', async (api) => {
      const loaded = await api.importState(await file.arrayBuffer(), { add });
      if (loaded.ok) {
        await this.#parts.onLoaded();
        return { text: `${plural(loaded.runs, 'run')} came with the file.`, failed: false };
      }
      if (loaded.holdsRuns) this.toAdd = { file, reason: loaded.reason };
      return loaded.holdsRuns ? undefined : { text: loaded.reason, failed: true };
    });
  }

  dismiss(): void {
    this.toAdd = undefined;
    this.said = undefined;
  }

  async #do(
    work: StorageWork,
    act: (api: EngineApi) => Promise<{ text: string; failed: boolean } | undefined>,
  ): Promise<void> {
    if (this.work) return;
    this.work = work;
    this.said = undefined;
    try {
      this.said = await act(await this.#parts.session.api());
    } catch (error) {
      this.said = { text: reasonOf(error), failed: true };
    } finally {
      this.work = undefined;
    }
    await this.look();
  }

  #hear(message: FeedMessage): void {
    if (message.kind !== 'runs removed') return;
    this.removing = message.removing;
    if (message.removing === 0) void this.look();
  }
}

const desks = new WeakMap<Live, StorageDesk>();

/** One for the page, made when something of it is first shown: the shell does without. */
export function storageDeskOf(live: Live): StorageDesk {
  const { session } = live;
  const made = { session, save: saveFile, onLoaded: () => live.reload(), now: () => Date.now() };
  const desk = desks.get(live) ?? new StorageDesk(made);
  desks.set(live, desk);
  return desk;
}

const fileName = (now: number): string =>
  `nightshift-${new Date(now).toISOString().slice(0, 10)}.nightshift-state`;

function deletedWords(retained: Retained): { text: string; failed: boolean } {
  if (!retained.ok) return { text: retained.reason, failed: true };
  const { runs } = retained;
  const text = runs === 0 ? 'There was nothing to delete.' : `${plural(runs, 'run')} deleted.`;
  return { text, failed: false };
}

const policyWords = ({ keepRuns }: RetentionPolicy): { text: string; failed: boolean } => ({
  text:
    keepRuns === undefined
      ? 'All runs are kept.'
      : `The newest ${count(keepRuns)} runs are kept from now on.`,
  failed: false,
});
