/**
 * Population stability index of two histograms over the same bins: 0 where the shares agree, by convention worth a look from
 * 0.1 and a real shift from 0.25. Half a row is added to every bin, so that an empty one is not infinitely far.
 */
export function stabilityIndex(batch: ArrayLike<number>, reference: ArrayLike<number>): number {
  const [all, allBefore] = [sum(batch) + batch.length / 2, sum(reference) + batch.length / 2];
  let index = 0;
  for (let bin = 0; bin < batch.length; bin++) {
    const share = ((batch[bin] ?? 0) + 0.5) / all;
    const before = ((reference[bin] ?? 0) + 0.5) / allBefore;
    index += (share - before) * Math.log(share / before);
  }
  return index;
}

/** Inner edges that cut the values into `bins` bins of about equal size; fewer where values are equal. */
export function quantileEdges(values: ArrayLike<number>, bins: number): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from(
    { length: bins - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)] ?? 0,
  );
  return edges.filter((edge, i) => i === 0 || edge > (edges[i - 1] ?? 0));
}

/** The bin of a value, 0 to `edges.length`: an edge belongs to the bin above it. */
export function binOf(value: number, edges: readonly number[]): number {
  let bin = 0;
  while (bin < edges.length && value >= (edges[bin] ?? 0)) bin++;
  return bin;
}

export interface WordsOfBatch {
  /** By number of word. */
  readonly counts: ArrayLike<number>;
  /** The words with a count, each once. */
  readonly touched: ArrayLike<number>;
  /** Of all counts. */
  readonly total: number;
}

export interface WordsOfReference {
  readonly countOf: (word: number) => number;
  readonly total: number;
}

/**
 * Jensen-Shannon divergence of two word frequencies, in bits: 0 where they agree, 1 where no word is in both. Only the
 * words of the batch are looked at; all others add half their share in the reference. 0 when a side has no words.
 */
export function wordDivergence(batch: WordsOfBatch, reference: WordsOfReference): number {
  if (batch.total === 0 || reference.total === 0) return 0;
  let divergence = 0;
  let seen = 0;
  for (let i = 0; i < batch.touched.length; i++) {
    const word = batch.touched[i]!;
    const before = reference.countOf(word) / reference.total;
    divergence += wordShare(batch.counts[word]! / batch.total, before);
    seen += before;
  }
  return Math.max(0, divergence + (1 - seen) / 2);
}

/** What one word adds to the divergence, in bits. */
export function wordShare(now: number, before: number): number {
  const middle = (now + before) / 2;
  const part = (share: number): number => (share > 0 ? (share * Math.log2(share / middle)) / 2 : 0);
  return part(now) + part(before);
}

/** The value that a share of the values lies below or at; the nearest rank. @param values ascending, at least one */
export function quantile(values: Float64Array, share: number): number {
  const rank = Math.ceil(share * values.length) - 1;
  return values[Math.min(values.length - 1, Math.max(0, rank))] ?? 0;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
}
