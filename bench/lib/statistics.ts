export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `at` of the values lies; NaN of none. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * at));
  return sorted[index] ?? Number.NaN;
}
