import type { FeedMessage } from '#domain/engine-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { FlowRunRecord } from '#domain/records.ts';
import { isTerminal } from '#domain/states.ts';
import { reasonOf, type EngineSession } from './engine-session.svelte.ts';

const PAGE = 20;

/** The runs, newest first, as far as they were paged in. */
export class RunList {
  rows = $state.raw<readonly FlowRunRecord[]>([]);
  /** Attempts of all task runs of a run, by run: read after the list, one run at a time. */
  attempts = $state.raw<Readonly<Record<FlowRunId, number>>>({});
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  reason = $state<string>();
  /** There may be older ones. */
  more = $state(false);
  readonly #session: EngineSession;
  readonly #unsubscribe: () => void;
  #counted: readonly FlowRunId[] = [];
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
      await this.#countAttempts();
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
    await this.#countAttempts();
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#refresh);
  }

  /** A record does not say how many attempts were made; its history does, and is read again only while the run is on. */
  async #countAttempts(): Promise<void> {
    const api = await this.#session.api();
    for (const row of this.rows) {
      if (this.#counted.includes(row.id)) continue;
      const history = await api.runHistory(row.id);
      const started = history?.events.filter(({ body }) => body.kind === 'attempt.started') ?? [];
      if (isTerminal(row.state)) this.#counted = [...this.#counted, row.id];
      this.attempts = { ...this.attempts, [row.id]: started.length };
    }
  }

  #hear(message: FeedMessage): void {
    const changes = message.kind === 'event' && message.event.streamId.startsWith('run:');
    if (!changes || this.#refresh !== undefined) return;
    this.#refresh = setTimeout(() => {
      this.#refresh = undefined;
      void this.load();
    }, 250);
  }
}
