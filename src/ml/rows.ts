import {
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
  type Snapshot,
} from '#domain/author-host.ts';
import { asContentHash, type ContentHash } from '#domain/ids.ts';
import { UNLABELLED, type RowBatch, type TextRow } from '#domain/rows.ts';
import { contentId } from './content-id.ts';
import { damageRows, textRows } from './damage-rows.ts';
import { Dataset, splitSnapshot, type Split } from './dataset.ts';
import { grouped } from './dataset-facts.ts';
import { BadDataset, readAgain } from './read-snapshot.ts';
import { everyRow, selectRows } from './select-rows.ts';
import type { Side } from './split-rule.ts';

/** All that identifies a batch of rows: what crosses between workers instead of rows. */
export type RowsFacts = {
  readonly dataset: string;
  /** First and last arrival day in it. */
  readonly since: number;
  readonly until: number;
  /** Of the rows of all days up to the last, as they are stored. */
  readonly contentHash: ContentHash;
  readonly count: number;
  /** Share that is spoilt on purpose, and the seed that says which. */
  readonly damage: number;
  readonly seed: number;
  /** Ids of rows that are left out. */
  readonly without: readonly string[];
};

/** Rows of some days, without a split: a handle, so that handing it on costs nothing. Labels may be missing. */
export class Rows implements Referable {
  readonly name: string;
  readonly since: number;
  readonly until: number;
  readonly count: number;
  readonly #facts: RowsFacts;
  readonly #read: () => Promise<Snapshot['days']>;
  #days: Promise<Snapshot['days']> | undefined;

  constructor(facts: RowsFacts, read: () => Promise<Snapshot['days']>) {
    this.#facts = facts;
    this.#read = read;
    this.name = facts.dataset;
    this.since = facts.since;
    this.until = facts.until;
    this.count = facts.count;
  }

  async rows(): Promise<RowBatch> {
    const days = await this.#all();
    const all = selectRows(days.map(({ rows: batch }) => ({ batch, rows: everyRow(batch) })));
    const kept = this.#kept(all);
    this.#demandCount(kept.count);
    return kept;
  }

  /** One object a row: `{ id, domain, label, text }`, the label 255 where there is none. */
  async texts(): Promise<readonly TextRow[]> {
    return textRows(await this.rows());
  }

  /** The same rows but these, by id. */
  without(ids: Iterable<string>): Rows {
    const without = [...new Set([...this.#facts.without, ...ids])];
    const count = this.count - (without.length - this.#facts.without.length);
    return new Rows({ ...this.#facts, without, count }, () => this.#all());
  }

  /**
   * A fifth held out, the rest to train on. A row that is left out moves no other to the other side. The sides work
   * where they are made: hand on the rows, and split them there.
   * @throws BadDataset when a row has no label, or a side lacks one of the two
   */
  async split(): Promise<{ readonly train: Split; readonly test: Split }> {
    const { dataset, until, seed, contentHash } = this.#facts;
    const days = await this.#all();
    const halves = splitSnapshot({ dataset, until, contentHash, days }, seed);
    const sides = { train: this.#kept(halves.train), heldOut: this.#kept(halves.heldOut) };
    this.#demandCount(sides.train.count + sides.heldOut.count);
    this.#demandBothLabels(sides);
    const counts = { train: sides.train.count, heldOut: sides.heldOut.count };
    const facts = { dataset, until, seed, contentHash: asContentHash(this.snapshot), counts };
    const whole = new Dataset(facts, () => readAgain(facts));
    const side = (role: Side, heldOut?: Split): Split => ({
      role,
      count: counts[role],
      dataset: whole,
      ...(heldOut ? { heldOut } : {}),
      rows: async () => sides[role],
      [TO_REFERENCE]: async () => Promise.reject(new BadDataset(STAYS)),
    });
    const test = side('heldOut');
    return { train: side('train', test), test };
  }

  /** Equal exactly where the rows are. */
  get snapshot(): string {
    return contentId({ ...this.#facts });
  }

  async [TO_REFERENCE](): Promise<Reference> {
    const label = `${grouped(this.count)} rows of '${this.name}', day ${this.since} to ${this.until}`;
    return { kind: 'rows', label, data: { ...this.#facts } };
  }

  #all(): Promise<Snapshot['days']> {
    this.#days ??= this.#read();
    return this.#days;
  }

  #kept(batch: RowBatch): RowBatch {
    if (this.#facts.without.length === 0) return batch;
    const without = new Set(this.#facts.without);
    const rows = everyRow(batch).filter((row) => !without.has(batch.ids[row] ?? ''));
    return selectRows([{ batch, rows }]);
  }

  /** Rows are left out by their ids: where several share one, all of them would go unseen. */
  #demandCount(found: number): void {
    if (found >= this.count) return;
    throw new BadDataset(
      `${grouped(this.count - found)} more rows of '${this.name}' would be left out than were named, because several rows ` +
        'share an id. Import the data again without the id column: each row then gets an id of its own.',
    );
  }

  #demandBothLabels(sides: Readonly<Record<Side, RowBatch>>): void {
    const where = `The rows of '${this.name}', day ${this.since} to ${this.until}`;
    for (const { labels } of Object.values(sides)) {
      if (labels.includes(UNLABELLED))
        throw new BadDataset(`${where}, are not all labelled, so nothing can be trained on them.`);
      if (!labels.includes(0) || !labels.includes(1))
        throw new BadDataset(`${where}, are too few: both sides of a split need both labels.`);
    }
  }
}

const STAYS = 'The sides of split() cannot be handed on. Hand on the rows, and split them there.';

/** The days of a snapshot from one on. */
export const daysSince = ({ days }: Pick<Snapshot, 'days'>, since: number): Snapshot['days'] =>
  days.filter(({ day }) => day >= since);

registerReviver('rows', ({ data }) => {
  if (!isRowsFacts(data)) throw new Error('This is not a reference to rows.');
  return new Rows(data, async () => damageRows(daysSince(await readAgain(data), data.since), data));
});

type Unknown<T> = Partial<Record<keyof T, unknown>>;

const isRowsFacts = (data: Unknown<RowsFacts>): data is RowsFacts =>
  typeof data.dataset === 'string' &&
  typeof data.contentHash === 'string' &&
  typeof data.damage === 'number' &&
  [data.since, data.until, data.count, data.seed].every(Number.isSafeInteger) &&
  Array.isArray(data.without) &&
  data.without.every((id) => typeof id === 'string');
