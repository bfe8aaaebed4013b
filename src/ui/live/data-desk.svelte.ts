import type { DatasetSummary } from '#domain/datasets.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';
import { ImportDesk } from './import-desk.svelte.ts';
import type { Live } from './live.svelte.ts';

/** The datasets that there are, and the import that is on. */
export class DataDesk {
  datasets = $state.raw<readonly DatasetSummary[]>();
  /** Why they could not be read. */
  reason = $state<string>();
  /** What came of a deletion. */
  said = $state<{ readonly name: string; readonly text: string; readonly failed: boolean }>();
  readonly imports: ImportDesk;
  readonly #session: EngineSession;

  constructor(session: EngineSession) {
    this.#session = session;
    // After a file was loaded, or the tab took over, there may be others.
    session.onMessage((message) => {
      if (message.kind === 'status' && this.datasets) void this.load();
    });
    this.imports = new ImportDesk({
      session,
      connect: async (onProgress) =>
        (await import('#rpc/importer-connection.ts')).connectImporter(onProgress),
      request: async (...asked) =>
        (await import('#rpc/egress-connection.ts')).requestOutside(...asked),
      onImported: () => void this.load(),
    });
  }

  async load(): Promise<void> {
    this.reason = undefined;
    try {
      this.datasets = await (await this.#session.api()).datasets();
    } catch (error) {
      this.reason = reasonOf(error);
    }
  }

  /** True: it is gone. */
  async delete(name: string): Promise<boolean> {
    this.said = undefined;
    try {
      const deleted = await (await this.#session.api()).deleteDataset(name);
      this.said = deleted.ok
        ? { name, text: `The dataset '${name}' is deleted.`, failed: false }
        : { name, text: deleted.reason, failed: true };
      await this.load();
      return deleted.ok;
    } catch (error) {
      this.said = { name, text: reasonOf(error), failed: true };
      return false;
    }
  }
}

const desks = new WeakMap<Live, DataDesk>();

/** One for the page, so that an import goes on while another page is looked at. */
export function dataDeskOf(live: Live): DataDesk {
  const desk = desks.get(live) ?? new DataDesk(live.session);
  desks.set(live, desk);
  return desk;
}
