import type { SparseMatrix } from './sparse.ts';

/** Rows of a matrix in columns of their own: those that none of them uses are left out. Valid until the next is cut. */
export interface CompactRows {
  /** Rows x used columns. */
  readonly matrix: SparseMatrix;
  /** The column of the whole matrix that each stands for; they ascend. */
  readonly used: Uint32Array;
}

/**
 * Cuts batches out of a matrix. A batch of reviews uses a tenth of the features, one of sentences a hundredth. The
 * used ones are found by a scan over flags, so that they ascend: whoever looks them up in a large table walks
 * forward through memory, which costs a fraction of jumping about in it.
 */
export class RowBatches {
  readonly #whole: SparseMatrix;
  /** 1 for a feature that the batch which is being cut uses. */
  readonly #isUsed: Uint8Array;
  readonly #columnOf: Uint32Array;
  #indices = new Uint32Array(1024);
  #used = new Uint32Array(1024);

  constructor(whole: SparseMatrix) {
    this.#whole = whole;
    this.#isUsed = new Uint8Array(whole.columns);
    this.#columnOf = new Uint32Array(whole.columns);
  }

  /** @param rows in the order they are to have */
  cut(rows: Uint32Array): CompactRows {
    const offsets = this.#offsetsOf(rows);
    const ones = offsets[rows.length]!;
    this.#makeRoom(ones);
    this.#mark(rows);
    const columns = this.#numberColumns();
    this.#translate(rows);
    const indices = this.#indices.subarray(0, ones);
    return {
      matrix: { rows: rows.length, columns, offsets, indices },
      used: this.#used.subarray(0, columns),
    };
  }

  #offsetsOf(rows: Uint32Array): Uint32Array {
    const { offsets } = this.#whole;
    const own = new Uint32Array(rows.length + 1);
    for (let i = 0; i < rows.length; i++)
      own[i + 1] = own[i]! + offsets[rows[i]! + 1]! - offsets[rows[i]!]!;
    return own;
  }

  #mark(rows: Uint32Array): void {
    const { offsets, indices } = this.#whole;
    const isUsed = this.#isUsed;
    for (const row of rows)
      for (let at = offsets[row]!, end = offsets[row + 1]!; at < end; at++)
        isUsed[indices[at]!] = 1;
  }

  /** Without branches, of which a processor would guess every tenth wrong. @returns how many there are */
  #numberColumns(): number {
    const [isUsed, columnOf, used] = [this.#isUsed, this.#columnOf, this.#used];
    let columns = 0;
    for (let feature = 0; feature < isUsed.length; feature++) {
      columnOf[feature] = columns;
      used[columns] = feature;
      columns += isUsed[feature]!;
    }
    isUsed.fill(0);
    return columns;
  }

  #translate(rows: Uint32Array): void {
    const { offsets, indices: all } = this.#whole;
    const [columnOf, indices] = [this.#columnOf, this.#indices];
    let length = 0;
    for (const row of rows)
      for (let at = offsets[row]!, end = offsets[row + 1]!; at < end; at++)
        indices[length++] = columnOf[all[at]!]!;
  }

  #makeRoom(ones: number): void {
    if (ones < this.#indices.length) return;
    this.#indices = new Uint32Array(ones * 2);
    // One more than can be used: every feature is written there, and only the used ones stay.
    this.#used = new Uint32Array(ones * 2);
  }
}
