import type { AuthorEvent, AuthorMark, EventBody } from '#domain/events.ts';
import { runStream, type FlowRunId } from '#domain/ids.ts';
import type { Store, Write } from '#domain/store.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { RunLog } from './run-log.ts';

/** One commit: what was made or told, and its event. */
export interface Recorded {
  readonly event: AuthorEvent;
  readonly writes: readonly Write[];
}

/**
 * What author code of a run made and told so far, by who and ordinal: a body that is run again says it again, and
 * nothing of it is recorded twice. Each is prepared in its turn, so that they are committed in the order they came.
 */
export class AuthorMarks {
  readonly #store: Store;
  readonly #log: Pick<RunLog, 'commit'>;
  readonly #id: FlowRunId;
  readonly #recorded = new Map<string, Promise<void>>();
  readonly #numbers = new Map<string, number>();
  #events = 0;
  #loaded: Promise<void> | undefined;
  readonly #turns = new OneAtATime();

  constructor(store: Store, log: Pick<RunLog, 'commit'>, id: FlowRunId) {
    this.#store = store;
    this.#log = log;
    this.#id = id;
  }

  /** Resolves when it is durable; what was recorded before is not prepared again. */
  async once(mark: AuthorMark, prepare: () => Promise<Recorded> | Recorded): Promise<void> {
    const { durable } = await this.#turns.run(() => this.#record(mark, prepare));
    return durable;
  }

  /** How many artifacts there are; the next has the number after. Ask in a turn. */
  get artifacts(): number {
    return this.#numbers.size;
  }

  /** How many events were told. Ask in a turn. */
  get events(): number {
    return this.#events;
  }

  /** The number of the artifact that was made under a mark. Ask in a turn. */
  numberOf(mark: AuthorMark): number | undefined {
    return this.#numbers.get(keyOf(mark));
  }

  async #record(
    mark: AuthorMark,
    prepare: () => Promise<Recorded> | Recorded,
  ): Promise<{ readonly durable: Promise<void> }> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    const before = this.#recorded.get(keyOf(mark));
    if (before) return { durable: before };
    const { event, writes } = await prepare();
    const durable = this.#log.commit([event], writes);
    this.#remember(event, durable);
    return { durable };
  }

  /** What engines before this one recorded. */
  async #load(): Promise<void> {
    for (const { body } of await this.#store.events(runStream(this.#id)))
      if (isAuthorEvent(body)) this.#remember(body, Promise.resolve());
  }

  #remember(event: AuthorEvent, durable: Promise<void>): void {
    this.#recorded.set(keyOf(event), durable);
    if (event.kind === 'author.event') this.#events++;
    else if (!event.updated) this.#numbers.set(keyOf(event), event.number);
  }
}

const isAuthorEvent = (body: EventBody): body is AuthorEvent =>
  body.kind === 'artifact.saved' || body.kind === 'author.event';

const keyOf = ({ taskRunId, attempt, ordinal }: AuthorMark): string =>
  `${taskRunId ?? 'body'} ${attempt} ${ordinal}`;
