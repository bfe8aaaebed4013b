import { assertNever } from '#domain/assert-never.ts';
import {
  MAX_ARTIFACTS_OF_RUN,
  type ArtifactContent,
  type NewArtifactContent,
} from '#domain/artifacts.ts';
import type { AuthorMark } from '#domain/events.ts';
import type { AuthorRequest } from '#domain/host-api.ts';
import type { FlowRunId } from '#domain/ids.ts';
import type { Json } from '#domain/json.ts';
import type { ArtifactRecord } from '#domain/records.ts';
import type { Write } from '#domain/store.ts';
import { AuthorMarks, type Recorded } from './author-marks.ts';
import type { EnginePorts } from './ports.ts';
import type { RunLog } from './run-log.ts';

const MAX_EVENTS_OF_RUN = 10_000;

type Ports = Pick<EnginePorts, 'store' | 'clock' | 'hasher'>;
type Ask<M extends AuthorRequest['method']> = Extract<AuthorRequest, { method: M }>;
/** Who asks: an attempt of a task run, or of the flow. */
export type Author = Omit<AuthorMark, 'ordinal'>;

/**
 * Artifacts and events of one flow run. Idempotent by (task run or flow body, attempt, ordinal): a body that is run
 * again makes nothing twice; a new attempt makes its own.
 */
export class AuthorRecords {
  readonly #ports: Ports;
  readonly #id: FlowRunId;
  readonly #marks: AuthorMarks;
  /** Those that may be updated, as they were last written: a write may not be durable yet. */
  readonly #updatable = new Map<number, ArtifactRecord>();

  constructor(ports: Ports, log: Pick<RunLog, 'commit'>, id: FlowRunId) {
    this.#ports = ports;
    this.#id = id;
    this.#marks = new AuthorMarks(ports.store, log, id);
  }

  /** Resolves when it is durable. @throws Error when the run has too many, or the artifact to update is none */
  answer(author: Author, request: AuthorRequest): Promise<void> {
    const mark = { ...author, ordinal: request.ordinal };
    switch (request.method) {
      case 'artifact':
        return this.#marks.once(mark, () => this.#create(mark, request));
      case 'updateArtifact':
        return this.#marks.once(mark, () => this.#update(mark, request));
      case 'emitEvent':
        return this.#marks.once(mark, () => this.#tell(mark, request));
      default:
        return assertNever(request);
    }
  }

  async #create(mark: AuthorMark, { key, description, content }: Ask<'artifact'>) {
    if (this.#marks.artifacts >= MAX_ARTIFACTS_OF_RUN)
      throw new Error(
        `This run has ${MAX_ARTIFACTS_OF_RUN} artifacts, and more are not kept. Put more into one: rows of a table, points of a chart, or update a progress.`,
      );
    const { kept, writes } = await this.#keptContent(content);
    const at = this.#ports.clock.now();
    const number = this.#marks.artifacts + 1;
    const told = { ...(key ? { key } : {}), ...(description ? { description } : {}) };
    const times = { createdAt: at, updatedAt: at };
    const record = { flowRunId: this.#id, number, ...told, ...mark, content: kept, ...times };
    return this.#recorded(mark, record, writes);
  }

  async #update(mark: AuthorMark, { of, progress }: Ask<'updateArtifact'>): Promise<Recorded> {
    const number = this.#marks.numberOf({ ...mark, ordinal: of });
    const before = number === undefined ? undefined : await this.#updatableRecord(number);
    if (before?.content.type !== 'progress')
      throw new Error(`This attempt made no progress artifact as its number ${of}.`);
    const content = { type: 'progress', progress } as const;
    const record = { ...before, content, updatedAt: this.#ports.clock.now() };
    return this.#recorded(mark, record, [], true);
  }

  #tell(mark: AuthorMark, { name, data }: Ask<'emitEvent'>): Recorded {
    if (this.#marks.events >= MAX_EVENTS_OF_RUN)
      throw new Error(
        `This run has told ${MAX_EVENTS_OF_RUN} events, and more are not kept. Log what is said more often.`,
      );
    const parsed = data === undefined ? {} : { data: JSON.parse(data) as Json };
    return { event: { kind: 'author.event', ...mark, name, ...parsed }, writes: [] };
  }

  #recorded(
    mark: AuthorMark,
    record: ArtifactRecord,
    writes: readonly Write[],
    updated = false,
  ): Recorded {
    const { number, key, description, content } = record;
    if (content.type === 'progress') this.#updatable.set(number, record);
    return {
      event: {
        kind: 'artifact.saved',
        ...mark,
        number,
        type: content.type,
        ...(key ? { key } : {}),
        ...(description ? { description } : {}),
        ...(content.type === 'progress' ? { progress: content.progress } : {}),
        ...(updated ? { updated } : {}),
      },
      writes: [...writes, { store: 'artifacts', op: updated ? 'put' : 'add', record }],
    };
  }

  async #updatableRecord(number: number): Promise<ArtifactRecord | undefined> {
    return this.#updatable.get(number) ?? this.#ports.store.get('artifacts', [this.#id, number]);
  }

  /** Bytes of an image or a file become a value, in the commit of its artifact. */
  async #keptContent(
    content: NewArtifactContent,
  ): Promise<{ readonly kept: ArtifactContent; readonly writes: readonly Write[] }> {
    if (!('bytes' in content)) return { kept: content, writes: [] };
    const { bytes, ...rest } = content;
    const hash = await this.#ports.hasher.hash(bytes);
    return {
      kept: rest.type === 'file' ? { ...rest, hash, size: bytes.byteLength } : { ...rest, hash },
      writes: [{ store: 'values', op: 'put', record: { hash, bytes } }],
    };
  }
}
