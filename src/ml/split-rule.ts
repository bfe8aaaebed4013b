import type { Snapshot } from '#domain/author-host.ts';
import type { RowBatch } from '#domain/rows.ts';
import { seededHash } from '#domain/seeded-hash.ts';

export type Side = 'train' | 'heldOut';

/** Told in a snapshot's id: a change of what the rule does is a new name. */
export const SPLIT_RULE = 'held out: 20 % by day and label, lowest seeded hash of the text, 1';
const HELD_OUT_SHARE = 0.2;

/**
 * Which side each row of each day is on. Within a day, the rows of a label are ranked by a seeded hash of their text
 * and the lowest are held out, as many as bring that label's total since the first day to 20 %, rounded half up.
 * Invariants: later days never move a row (a day looks back only); one text is always on one side (a text that
 * was seen before keeps its side, on whatever day and with whatever label).
 */
export function assignSides(days: Snapshot['days'], seed: number): readonly (readonly Side[])[] {
  const rule = new SplitRule(seed);
  return days.map(({ rows }) => rule.assignDay(rows));
}

interface Quota {
  rows: number;
  heldOut: number;
}

class SplitRule {
  readonly #seed: number;
  /** By hash of the text. */
  readonly #sides = new Map<number, Side>();
  readonly #quotas: readonly Quota[] = [
    { rows: 0, heldOut: 0 },
    { rows: 0, heldOut: 0 },
  ];

  constructor(seed: number) {
    this.#seed = seed;
  }

  assignDay(rows: RowBatch): readonly Side[] {
    const hashes = textHashes(rows, this.#seed);
    this.#quotas.forEach((quota, label) => this.#assignLabel(ofLabel(rows, hashes, label), quota));
    return Array.from(hashes, (hash) => this.#sides.get(hash) ?? 'train');
  }

  #assignLabel(hashes: Float64Array, quota: Quota): void {
    quota.rows += hashes.length;
    const fresh: number[] = [];
    for (const hash of hashes) {
      const side = this.#sides.get(hash);
      if (side === undefined) fresh.push(hash);
      else if (side === 'heldOut') quota.heldOut++;
    }
    const wanted = Math.floor(quota.rows * HELD_OUT_SHARE + 0.5);
    for (const hash of Float64Array.from(fresh).sort()) {
      const side = this.#sides.get(hash) ?? (quota.heldOut < wanted ? 'heldOut' : 'train');
      this.#sides.set(hash, side);
      if (side === 'heldOut') quota.heldOut++;
    }
  }
}

function textHashes({ count, text, ends }: RowBatch, seed: number): Float64Array {
  const hashes = new Float64Array(count);
  for (let row = 0; row < count; row++)
    hashes[row] = seededHash(text, ends[row - 1] ?? 0, ends[row] ?? 0, seed);
  return hashes;
}

const ofLabel = ({ labels }: RowBatch, hashes: Float64Array, label: number): Float64Array =>
  hashes.filter((_, row) => labels[row] === label);
