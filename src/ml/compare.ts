import {
  MAX_FLIP_TEXT,
  MAX_FLIPS,
  type ChampionEvidence,
  type Flip,
  type GateEvidence,
} from '#domain/gate.ts';
import type { PairedCounts } from '#domain/paired-tests.ts';
import type { RowBatch } from '#domain/rows.ts';
import { SeenTexts } from '#domain/seen-texts.ts';
import { differenceInterval } from './bootstrap.ts';
import type { Dataset, Split } from './dataset.ts';
import { binary, measureRows, overallMetrics, shownText } from './evaluate-rows.ts';
import { everyRow } from './select-rows.ts';
import { probabilityOf } from './scorer.ts';

/** Anything that can be weighed: a `SentimentModel`, or a model of your own. */
export interface Scored {
  /** One a row, in their order: log odds, above 0 is positive. */
  scores(rows: RowBatch): Promise<ArrayLike<number>> | ArrayLike<number>;
  /** Of the registry, where it is a saved one. */
  readonly version?: number | undefined;
  /** What it was trained on: held-out rows among them are told. @throws Error when that is not known */
  trainingData?(): Dataset;
  /** Hears what was measured of it. */
  measured?(metrics: Readonly<Record<string, number>>): void;
}

/** A row that was scored by both. */
interface ScoredPair {
  readonly batch: RowBatch;
  readonly challenger: ArrayLike<number>;
  readonly champion: ArrayLike<number>;
}

/**
 * Scores both on the same rows, and tells what a gate decides from.
 * @param champion undefined: there is none yet
 * @param seed of the bootstrap of the difference
 * @throws Error when a model gives not one finite number a row
 */
export async function compareModels(
  challenger: Scored,
  champion: Scored | undefined,
  heldOut: Split,
  seed: number,
): Promise<{ readonly evidence: GateEvidence; readonly flips: readonly Flip[] }> {
  const batch = await heldOut.rows();
  const scores = await scoresOf('The challenger', challenger, batch);
  const measured = measureRows(batch, scores);
  challenger.measured?.(measured.metrics);
  if (!champion) return { evidence: { ...measured, against: 'none' }, flips: [] };
  const other = await scoresOf('The champion', champion, batch);
  const pair = { batch, challenger: scores, champion: other };
  const seen = await heldOutSeen(champion, heldOut, batch);
  const against = {
    ...championEvidence(champion, pair, seed),
    challenger: measured.metrics,
    ...(seen === undefined ? {} : { heldOutSeen: seen }),
  };
  return { evidence: { ...measured, against }, flips: flipsOf(pair) };
}

async function scoresOf(who: string, model: Scored, batch: RowBatch): Promise<ArrayLike<number>> {
  const scores = await model.scores(batch);
  const wanted = 'scores(rows) must give one finite number a row: its log odds.';
  if (scores.length !== batch.count)
    throw new Error(`${who} gave ${scores.length} scores for ${batch.count} rows. ${wanted}`);
  const bad = Array.from(scores).findIndex((score) => !Number.isFinite(score));
  if (bad === -1) return scores;
  throw new Error(
    `${who} gave ${String(scores[bad])} for row ${bad + 1} of ${batch.count}. ${wanted}`,
  );
}

function championEvidence(
  { version }: Scored,
  pair: ScoredPair,
  seed: number,
): Omit<ChampionEvidence, 'challenger'> {
  const paired = pairedCounts(pair);
  return {
    ...(version === undefined ? {} : { version }),
    metrics: overallMetrics(pair.batch, pair.champion),
    paired,
    difference: differenceInterval(paired, seed),
  };
}

function pairedCounts({ batch, challenger, champion }: ScoredPair): PairedCounts {
  let [onlyChallenger, onlyChampion] = [0, 0];
  for (let row = 0; row < batch.count; row++) {
    const [new_, old] = [isRight(challenger, batch, row), isRight(champion, batch, row)];
    if (new_ && !old) onlyChallenger++;
    if (old && !new_) onlyChampion++;
  }
  return { rows: batch.count, onlyChallenger, onlyChampion };
}

const isRight = (scores: ArrayLike<number>, { labels }: RowBatch, row: number): boolean =>
  (scores[row] ?? 0) > 0 === (labels[row] === 1);

/** The largest change of probability first; equal ones by their id. */
function flipsOf({ batch, challenger, champion }: ScoredPair): readonly Flip[] {
  const flipped = Array.from({ length: batch.count }, (_, row) => ({
    row,
    id: (batch.ids[row] ?? '').slice(0, 200),
    label: binary(batch.labels[row]),
    champion: probabilityOf(champion[row] ?? 0),
    challenger: probabilityOf(challenger[row] ?? 0),
    isFlip: (champion[row] ?? 0) > 0 !== (challenger[row] ?? 0) > 0,
  })).filter(({ isFlip }) => isFlip);
  const change = (one: Pick<Flip, 'champion' | 'challenger'>): number =>
    Math.abs(one.challenger - one.champion);
  return flipped
    .sort((a, b) => change(b) - change(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .slice(0, MAX_FLIPS)
    .map(({ row, isFlip: _, ...flip }) => ({
      ...flip,
      text: shownText(batch, row, MAX_FLIP_TEXT),
    }));
}

/** How many of the rows, by their text, the model was trained on; undefined where that is not known. */
async function heldOutSeen(
  model: Scored,
  heldOut: Split,
  batch: RowBatch,
): Promise<number | undefined> {
  try {
    const trained = model.trainingData?.();
    // One split never has a text on both sides.
    if (!trained || trained.snapshot === heldOut.dataset.snapshot) return trained && 0;
    const seen = new SeenTexts();
    seen.addRows(await trained.train.rows());
    return everyRow(batch).filter((row) => seen.hasRow(batch, row)).length;
  } catch {
    // Not kept with the model, or the dataset is not what it was: then nobody can say.
    return undefined;
  }
}
