/**
 * A binary matrix, rows x columns, by rows: row r holds ones at `indices[offsets[r] .. offsets[r + 1]]`. No values
 * are stored: what a feature or a row weighs is a scale beside the matrix. A type, not an interface, because
 * kernel attributes of the tensor library want an index signature.
 */
export type SparseMatrix = {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Uint32Array;
  readonly indices: Uint32Array;
};

/** The same ones by columns; indices ascend within each row of the result. */
export function transpose(matrix: SparseMatrix): SparseMatrix {
  const { rows, columns, offsets, indices } = matrix;
  const starts = new Uint32Array(columns + 1);
  for (const column of indices) starts[column + 1]! += 1;
  for (let c = 0; c < columns; c++) starts[c + 1]! += starts[c] ?? 0;
  const next = starts.slice();
  const turned = new Uint32Array(indices.length);
  for (let r = 0; r < rows; r++)
    for (let i = offsets[r] ?? 0; i < (offsets[r + 1] ?? 0); i++)
      turned[next[indices[i] ?? 0]!++] = r;
  return { rows: columns, columns: rows, offsets: starts, indices: turned };
}

/** Matrix times vector (`columns` numbers): `rows` numbers, summed in doubles so that every backend agrees. */
export function multiply(matrix: SparseMatrix, vector: ArrayLike<number>): Float32Array {
  const { rows, offsets, indices } = matrix;
  const product = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let i = offsets[r] ?? 0, end = offsets[r + 1] ?? 0; i < end; i++)
      sum += vector[indices[i] ?? 0] ?? 0;
    product[r] = sum;
  }
  return product;
}

/** Its transpose times vector (`rows` numbers): `columns` numbers, summed in doubles as well. */
export function multiplyTransposed(
  { rows, columns, offsets, indices }: SparseMatrix,
  vector: ArrayLike<number>,
): Float32Array {
  const sums = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    const value = vector[r] ?? 0;
    for (let i = offsets[r]!, end = offsets[r + 1]!; i < end; i++) sums[indices[i]!]! += value;
  }
  return new Float32Array(sums);
}

/** 1 / sqrt(ones in the row): the length of the binary row, so that long and short texts weigh alike. */
export function rowScales(matrix: SparseMatrix): Float32Array {
  return Float32Array.from({ length: matrix.rows }, (_, r) =>
    rowScale((matrix.offsets[r + 1] ?? 0) - (matrix.offsets[r] ?? 0)),
  );
}

export const rowScale = (ones: number): number => (ones === 0 ? 0 : 1 / Math.sqrt(ones));
