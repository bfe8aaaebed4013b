import type { FeedMessage, RunSummary } from '#domain/engine-api.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

const PAGE = 50;

/** The runs, newest first, as far as they were paged in. */
export class RunList {
  rows = $state.raw<readonly RunSummary[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state<string>();
  /** There may be older ones. */
  more = $state(false);
  readonly #session: EngineSession;
  readonly #unsubscribe: () => void;
  #refresh: ReturnType<typeof setTimeout> | undefined;

  constructor(session: EngineSession) {
    this.#session = session;
    this.#unsubscribe = session.onMessage((message) => this.#hear(message));
  }

  async load(): Promise<void> {
    try {
      const wanted = Math.max(PAGE, this.rows.length);
      const rows = await (await this.#session.api()).runs(wanted);
      this.rows = rows;
      this.more = rows.length >= wanted;
      this.phase = 'ready';
    } catch (error) {
      this.phase = 'failed';
      this.reason = reasonOf(error);
    }
  }

  async older(): Promise<void> {
    const last = this.rows.at(-1);
    if (!last) return;
    const rows = await (await this.#session.api()).runs(PAGE, last.createdAt);
    this.rows = [...this.rows, ...rows];
    this.more = rows.length >= PAGE;
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#refresh);
  }

  #hear(message: FeedMessage): void {
    const changes =
      message.kind === 'runs removed' ||
      // After a file was loaded, or the tab took over, everything may be another.
      message.kind === 'status' ||
      (message.kind === 'event' && message.event.streamId.startsWith('run:'));
    if (!changes || this.#refresh !== undefined) return;
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      void this.load();
    }, 250);
  }
}
