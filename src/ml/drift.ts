import type { RowBatch } from '#domain/rows.ts';
import { SeenTexts } from '#domain/seen-texts.ts';
import { ByteTable } from './byte-table.ts';
import type { StoredModel } from './container.ts';
import { binOf, quantileEdges } from './drift-measures.ts';
import { compareWords, rowNulls } from './drift-null.ts';
import { compare, tally, type RowFacts } from './drift-tally.ts';
import { judge, skipped, type DriftMeasure, type Thresholds } from './drift-verdict.ts';
import { shiftedWords, type ShiftedWord } from './drift-words.ts';
import { Scorer } from './scorer.ts';
import { seededRandom } from './seeded.ts';
import { everyRow, selectRows } from './select-rows.ts';
import { tokenRows, wordCounts, type TokenRows } from './token-rows.ts';

export interface DriftPlan {
  readonly thresholds: Thresholds;
  /** How often one of all measures together may fire on a batch that is like the reference, at most. */
  readonly falseAlarms: number;
  /** Batches that are drawn for each null. */
  readonly draws: number;
  readonly seed: number;
}

export interface DriftFindings {
  readonly drifted: boolean;
  /** Of the batch, that were compared. */
  readonly rows: number;
  /** Of the batch, left out because the model was trained on them. */
  readonly trained: number;
  readonly measures: readonly DriftMeasure[];
  /** The words that shifted most. */
  readonly words: readonly ShiftedWord[];
}

/** Five measures may fire. */
const MEASURES = 5;
const MOST_BINS = 10;
/** Rows that a bin of scores should hold, or chance moves them too much. */
const ROWS_A_BIN = 10;
const SHOWN_WORDS = 20;

/**
 * What a model was trained on, ready to be compared with one batch after another. Scores, unknown words and accuracy
 * are compared with the held-out rows: on rows it was trained on a model looks better than it is. Rows of a batch that
 * it was trained on are left out for the same reason. Needs no host.
 */
export class DriftReference {
  readonly #model: StoredModel;
  readonly #scorer: Scorer;
  /** Of all rows that were ever looked at. */
  readonly #table = new ByteTable();
  /** By hash of the text. */
  readonly #trained = new SeenTexts();
  readonly #all: TokenRows;
  readonly #heldOut: {
    readonly rows: RowBatch;
    readonly words: TokenRows;
    readonly scores: Float64Array;
  };
  /** By number of word in the table: 1 known to the model, 2 unknown, 0 not looked up yet. */
  #known = new Uint8Array(1024);

  /** @throws RangeError when nothing was held out */
  constructor(model: StoredModel, train: RowBatch, heldOut: RowBatch) {
    if (heldOut.count === 0) throw new RangeError('Nothing was held out: there is no reference.');
    this.#model = model;
    this.#scorer = new Scorer(model);
    this.#trained.addRows(train);
    const both = [train, heldOut].map((batch) => ({ batch, rows: everyRow(batch) }));
    this.#all = tokenRows(selectRows(both), this.#table);
    const words = tokenRows(heldOut, this.#table);
    this.#heldOut = { rows: heldOut, words, scores: this.#scorer.scoreRows(heldOut) };
  }

  /** @throws RangeError when the batch has no rows */
  measure(given: RowBatch, plan: DriftPlan): DriftFindings {
    if (given.count === 0) throw new RangeError('There are no rows to compare.');
    const fresh = everyRow(given).filter((row) => !this.#trained.hasRow(given, row));
    const batch = selectRows([{ batch: given, rows: fresh }]);
    const words = tokenRows(batch, this.#table);
    const measures =
      batch.count === 0 ? nothingNew(given.count) : this.#measures(batch, words, plan);
    return {
      drifted: measures.some(({ fired }) => fired),
      rows: batch.count,
      trained: given.count - batch.count,
      measures,
      words: batch.count === 0 ? [] : this.#shifted(words),
    };
  }

  #measures(batch: RowBatch, words: TokenRows, plan: DriftPlan): readonly DriftMeasure[] {
    const { thresholds, draws } = plan;
    // Several measures look at once, and each may be wrong: they share the false alarms.
    const tail = plan.falseAlarms / MEASURES;
    const fewest = Math.min(batch.count, this.#heldOut.rows.count);
    const edges = quantileEdges(
      this.#heldOut.scores,
      Math.min(MOST_BINS, Math.max(2, Math.floor(fewest / ROWS_A_BIN))),
    );
    const bins = edges.length + 1;
    const reference = this.#factsOf(
      this.#heldOut.rows,
      this.#heldOut.words,
      this.#heldOut.scores,
      edges,
    );
    const facts = this.#factsOf(batch, words, this.#scorer.scoreRows(batch), edges);
    const found = tally(facts, everyRow(facts), bins);
    const before = tally(reference, everyRow(reference), bins);
    const values = compare(found, before);
    const { labelled } = found;
    const random = seededRandom(plan.seed);
    const nulls = rowNulls(reference, { rows: batch.count, labelled, bins, draws, tail, random });
    const judged = (name: keyof typeof values): DriftMeasure =>
      judge(name, values[name], nulls[name], thresholds[name]);
    const wordless = 'no row of the batch has a word in it';
    const unlabelled = 'no row of the batch has a label';
    const frequencies = (): DriftMeasure => {
      const { value, null: chance } = compareWords(words, this.#all, this.#table.size, {
        draws,
        tail,
        random,
      });
      return judge('words', value, chance, thresholds.words);
    };
    return [
      judged('scores'),
      found.tokens > 0 ? judged('unknownWords') : skipped('unknownWords', wordless),
      found.tokens > 0 ? frequencies() : skipped('words', wordless),
      labelled > 0 ? judged('labels') : skipped('labels', unlabelled),
      labelled > 0 ? judged('accuracy') : skipped('accuracy', unlabelled),
    ];
  }

  #shifted(words: TokenRows): readonly ShiftedWord[] {
    const { size } = this.#table;
    const [now, before] = [wordCounts(words, size), wordCounts(this.#all, size)];
    return shiftedWords(this.#table, now, before, (word) => this.#knows(word), SHOWN_WORDS);
  }

  #factsOf(
    { count, labels }: RowBatch,
    { words, ends }: TokenRows,
    scores: Float64Array,
    edges: readonly number[],
  ): RowFacts {
    const unknown = new Uint32Array(count);
    const tokens = new Uint32Array(count);
    for (let row = 0, at = 0; row < count; row++) {
      tokens[row] = ends[row]! - at;
      for (; at < ends[row]!; at++) if (!this.#knows(words[at]!)) unknown[row]! += 1;
    }
    const bins = Uint8Array.from(scores, (score) => binOf(score, edges));
    const right = Uint8Array.from(scores, (score, row) =>
      Number(Number(score > 0) === labels[row]),
    );
    return { count, bins, tokens, unknown, labels, right };
  }

  #knows(word: number): boolean {
    if (word >= this.#known.length) {
      const longer = new Uint8Array(Math.max(word + 1, this.#known.length * 2));
      longer.set(this.#known);
      this.#known = longer;
    }
    this.#known[word] ||= this.#isInModel(word) ? 1 : 2;
    return this.#known[word] === 1;
  }

  #isInModel(word: number): boolean {
    const bytes = this.#table.entry(word);
    return this.#model.vocabulary.words.find(bytes, 0, bytes.length) >= 0;
  }
}

const nothingNew = (rows: number): readonly DriftMeasure[] =>
  (['scores', 'unknownWords', 'words', 'labels', 'accuracy'] as const).map((name) =>
    skipped(name, `the model was trained on all ${rows} rows of the batch`),
  );
