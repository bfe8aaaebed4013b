import {
  registerReviver,
  TO_REFERENCE,
  type Referable,
  type Reference,
  type Snapshot,
} from '#domain/author-host.ts';
import type { RowBatch } from '#domain/rows.ts';
import { contentId } from './content-id.ts';
import { describeCounts, grouped, isDatasetFacts, type DatasetFacts } from './dataset-facts.ts';
import { readAgain } from './read-snapshot.ts';
import { flipLabels, selectRows } from './select-rows.ts';
import { assignSides, SPLIT_RULE, type Side } from './split-rule.ts';

/** One side of a dataset: a handle, so that handing it on costs nothing. Rows are read where they are needed. */
export interface Split extends Referable {
  readonly role: Side;
  /** Rows on this side. */
  readonly count: number;
  readonly dataset: Dataset;
  /** What its rows can be read again by; absent where they are chosen in a task and nowhere kept. */
  readonly data?: DatasetFacts;
  /** The held-out side, for watching a training; absent on that side itself. */
  readonly heldOut?: Split;
  rows(): Promise<RowBatch>;
}

/** What had arrived of a dataset up to a day, split into training and held-out rows. */
export class Dataset implements Referable {
  readonly name: string;
  /** Last arrival day in it. */
  readonly until: number;
  /** Of the split. */
  readonly seed: number;
  /** Equal exactly where rows, split and corruption are equal. */
  readonly snapshot: string;
  readonly train: Split;
  readonly test: Split;
  readonly #facts: DatasetFacts;
  readonly #read: () => Promise<Snapshot>;
  #halves: Promise<Halves> | undefined;

  constructor(facts: DatasetFacts, read: () => Promise<Snapshot>) {
    this.#facts = facts;
    this.#read = read;
    this.name = facts.dataset;
    this.until = facts.until;
    this.seed = facts.seed;
    const { contentHash, seed, flipped } = facts;
    this.snapshot = contentId({ contentHash, rule: SPLIT_RULE, seed, flipped });
    this.test = this.#side('heldOut');
    this.train = this.#side('train', this.test);
  }

  async [TO_REFERENCE](): Promise<Reference> {
    return { kind: 'dataset', label: describeCounts(this.#facts), data: { ...this.#facts } };
  }

  #side(role: Side, heldOut?: Split): Split {
    const count = this.#facts.counts[role];
    const label = `${grouped(count)} rows of '${this.name}'`;
    return {
      role,
      count,
      dataset: this,
      data: this.#facts,
      ...(heldOut ? { heldOut } : {}),
      rows: async () => (await this.#bothHalves())[role],
      [TO_REFERENCE]: async () => ({ kind: 'split', label, data: { role, ...this.#facts } }),
    };
  }

  #bothHalves(): Promise<Halves> {
    this.#halves ??= this.#read().then((snapshot) => {
      const { train, heldOut } = splitSnapshot(snapshot, this.seed);
      // Held-out labels stay true whatever is done to the training rows: they are what shows the damage.
      return { train: flipLabels(train, this.#facts.flipped ?? 0, this.seed), heldOut };
    });
    return this.#halves;
  }
}

type Halves = Readonly<Record<Side, RowBatch>>;

/** Whoever loads a dataset and uses it at once splits it once. */
const splits = new WeakMap<Snapshot, { readonly seed: number; readonly halves: Halves }>();

/** The rows of all days by side, in the order in which they arrived. */
export function splitSnapshot(snapshot: Snapshot, seed: number): Halves {
  const made = splits.get(snapshot);
  if (made?.seed === seed) return made.halves;
  const halves = split(snapshot, seed);
  splits.set(snapshot, { seed, halves });
  return halves;
}

function split({ days }: Snapshot, seed: number): Halves {
  const sides = assignSides(days, seed);
  const half = (wanted: Side): RowBatch =>
    selectRows(
      days.map(({ rows }, day) => ({
        batch: rows,
        rows: (sides[day] ?? []).flatMap((side, row) => (side === wanted ? [row] : [])),
      })),
    );
  return { train: half('train'), heldOut: half('heldOut') };
}

/** The same rows, read where they are needed. @throws BadDataset on reading, when they are not the same any more */
export const datasetOf = (facts: DatasetFacts): Dataset =>
  new Dataset(facts, () => readAgain(facts));

function revived({ kind, data }: Reference): Dataset {
  if (!isDatasetFacts(data)) throw new Error(`This is not a reference to a ${kind}.`);
  return datasetOf(data);
}

registerReviver('dataset', revived);
registerReviver('split', (reference) => {
  const { train, test } = revived(reference);
  return reference.data['role'] === 'train' ? train : test;
});
