import {
  quantile,
  wordDivergence,
  type WordsOfBatch,
  type WordsOfReference,
} from './drift-measures.ts';
import { compare, tally, type RowFacts, type RowMeasures } from './drift-tally.ts';
import { wordCounts, type TokenRows } from './token-rows.ts';

/** What a measure is on batches that are drawn from the reference itself: what chance alone does. */
export interface Null {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface NullPlan {
  /** Rows of the batch, and how many of them have a label. */
  readonly rows: number;
  readonly labelled: number;
  readonly bins: number;
  readonly draws: number;
  /** Share of the draws that may lie above `high`, and below `low`. */
  readonly tail: number;
  readonly random: () => number;
}

/**
 * Two samples a draw, since both are samples: a batch of the same size, and the reference itself once more. Without the
 * second, a reference of few rows would cry wolf whenever it was a lucky one.
 */
export function rowNulls(
  reference: RowFacts,
  plan: NullPlan,
): Readonly<Record<keyof RowMeasures, Null>> {
  const { rows, labelled, bins, draws, random } = plan;
  const found = {
    scores: new Float64Array(draws),
    unknownWords: new Float64Array(draws),
    labels: new Float64Array(draws),
    accuracy: new Float64Array(draws),
  };
  const batch = new Uint32Array(rows);
  const again = new Uint32Array(reference.count);
  for (let draw = 0; draw < draws; draw++) {
    fill(batch, reference.count, random);
    fill(again, reference.count, random);
    const measures = compare(
      tally(reference, batch, bins, labelled),
      tally(reference, again, bins),
    );
    found.scores[draw] = measures.scores;
    found.unknownWords[draw] = measures.unknownWords;
    found.labels[draw] = measures.labels;
    found.accuracy[draw] = measures.accuracy;
  }
  return {
    scores: summarised(found.scores, plan.tail),
    unknownWords: summarised(found.unknownWords, plan.tail),
    labels: summarised(found.labels, plan.tail),
    accuracy: summarised(found.accuracy, plan.tail),
  };
}

/** Tokens that may be counted for one null: long reviews get fewer draws, and need fewer. */
const MOST_TOKENS = 20_000_000;
const FEWEST_DRAWS = 200;
/** Of the value, which is a mean: what is drawn for it is drawn at random too. */
const DRAWS_OF_VALUE = 20;

export interface WordsCompared {
  readonly value: number;
  readonly null: Null;
}

/**
 * Divergence of the word frequencies. It depends on how many rows are compared, so both sides of each comparison have
 * the same sizes: some rows of the batch against the reference without as many of its rows, and for the null those rows
 * of the reference against its others.
 * @param reference all rows, trained and held out: no model is asked
 * @param size one more than the largest number of a word
 */
export function compareWords(
  batch: TokenRows,
  reference: TokenRows,
  size: number,
  { draws, tail, random }: Pick<NullPlan, 'draws' | 'tail' | 'random'>,
): WordsCompared {
  const rows = Math.max(1, Math.min(batch.ends.length, Math.floor(reference.ends.length / 2)));
  const perRow = reference.words.length / reference.ends.length;
  const affordable = Math.floor(MOST_TOKENS / Math.max(1, perRow * rows));
  const inReach = Math.min(draws, Math.max(FEWEST_DRAWS, affordable));
  const fromReference = new Draws(reference, size, random);
  const fromBatch = new Draws(batch, size, random);
  const all = wordCounts(reference, size);
  const total = reference.words.length;
  const chance = Float64Array.from({ length: inReach }, () => {
    const drawn = fromReference.draw(rows);
    return wordDivergence(drawn, without(all, total, drawn));
  });
  let sum = 0;
  for (let i = 0; i < DRAWS_OF_VALUE; i++)
    sum += wordDivergence(fromBatch.draw(rows), without(all, total, fromReference.draw(rows)));
  return { value: sum / DRAWS_OF_VALUE, null: summarised(chance, tail) };
}

const without = (all: Uint32Array, total: number, drawn: WordsOfBatch): WordsOfReference => ({
  countOf: (word) => all[word]! - drawn.counts[word]!,
  total: total - drawn.total,
});

/** Draws rows without putting them back, and counts their words. What a draw gives is valid until the next. */
class Draws {
  readonly #rows: TokenRows;
  readonly #random: () => number;
  readonly #order: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #touched: Uint32Array;
  #met = 0;

  constructor(rows: TokenRows, size: number, random: () => number) {
    this.#rows = rows;
    this.#random = random;
    this.#order = Uint32Array.from({ length: rows.ends.length }, (_, row) => row);
    this.#counts = new Uint32Array(size);
    this.#touched = new Uint32Array(size);
  }

  draw(many: number): WordsOfBatch {
    for (let i = 0; i < this.#met; i++) this.#counts[this.#touched[i]!] = 0;
    this.#met = 0;
    const order = this.#order;
    let total = 0;
    for (let i = 0; i < many; i++) {
      const other = i + Math.floor(this.#random() * (order.length - i));
      const row = order[other]!;
      order[other] = order[i]!;
      order[i] = row;
      total += this.#count(row);
    }
    return { counts: this.#counts, touched: this.#touched.subarray(0, this.#met), total };
  }

  #count(row: number): number {
    const { words, ends } = this.#rows;
    const [from, to] = [row === 0 ? 0 : ends[row - 1]!, ends[row]!];
    for (let at = from; at < to; at++) {
      const word = words[at]!;
      if (this.#counts[word]! === 0) this.#touched[this.#met++] = word;
      this.#counts[word]! += 1;
    }
    return to - from;
  }
}

function summarised(values: Float64Array, tail: number): Null {
  const sorted = values.sort();
  return {
    low: quantile(sorted, tail),
    middle: quantile(sorted, 0.5),
    high: quantile(sorted, 1 - tail),
  };
}

function fill(rows: Uint32Array, below: number, random: () => number): void {
  for (let i = 0; i < rows.length; i++) rows[i] = Math.floor(random() * below);
}
