/** Mean, lowest and highest of accuracies, as table cells. */
export function spread(values: readonly number[]): readonly string[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.min(...values), Math.max(...values)].map(accuracy);
}

export const SPREAD_COLUMNS = ['mean', 'lowest', 'highest'];

export const accuracy = (value: number): string => value.toFixed(3);
