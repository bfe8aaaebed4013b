import { seededRandom } from './seeded.ts';

/**
 * Draws Poisson distributed counts with these means, again and again into the same array. A sum of rows that are each
 * drawn with mean 1 is Poisson distributed with their number as its mean, so a group is drawn at once.
 */
export function drawing(means: Float64Array, seed: number): () => Float64Array {
  const random = seededRandom(seed);
  const drawn = new Float64Array(means.length);
  return () => {
    for (let i = 0; i < means.length; i++) drawn[i] = poisson(means[i]!, random);
    return drawn;
  };
}

/** From here on the normal distribution is near enough. */
const NORMAL_FROM = 12;

function poisson(mean: number, random: () => number): number {
  if (mean >= NORMAL_FROM) {
    const deviation = NORMAL[(random() * NORMAL.length) | 0]!;
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * deviation));
  }
  let drawn = 0;
  for (let row = 0; row < mean; row++) drawn += ONE[(random() * ONE.length) | 0]!;
  return drawn;
}

/** Poisson(1), by equal chances. */
const ONE = poissonOfOne(0x10000);

function poissonOfOne(size: number): Uint8Array {
  const table = new Uint8Array(size);
  let [chance, below] = [Math.exp(-1), 0];
  for (let times = 0; times < 16; times++) {
    const from = Math.round(below * size);
    below += chance;
    table.fill(times, from, Math.round(below * size));
    chance /= times + 1;
  }
  return table;
}

/** The standard normal distribution, by equal chances: the middle of each of 4,096 parts of it. */
const NORMAL = normalQuantiles(4096);

function normalQuantiles(size: number): Float64Array {
  const step = 1e-3;
  const table = new Float64Array(size);
  let [below, filled] = [0, 0];
  for (let x = -6; x < 6; x += step) {
    below += (step * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
    while (filled < size && (filled + 0.5) / size <= below) table[filled++] = x;
  }
  table.fill(6, filled);
  return table;
}
