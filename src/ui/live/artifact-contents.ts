import type { ShownArtifact } from '#domain/engine-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { EngineSession } from './engine-session.svelte.ts';

/** Contents of artifacts, each asked for once: but for a progress, which its events tell, none ever changes. */
export class ArtifactContents {
  readonly #session: EngineSession;
  readonly #asked = new Map<string, Promise<ShownArtifact | undefined>>();

  constructor(session: EngineSession) {
    this.#session = session;
  }

  /** Undefined when it is no longer stored. */
  of(id: FlowRunId, number: number): Promise<ShownArtifact | undefined> {
    const key = `${id} ${number}`;
    const asked = this.#asked.get(key) ?? this.#ask(id, number);
    this.#asked.set(key, asked);
    asked.catch(() => this.#asked.delete(key));
    return asked;
  }

  async #ask(id: FlowRunId, number: number): Promise<ShownArtifact | undefined> {
    return (await this.#session.api()).artifact(id, number);
  }
}
