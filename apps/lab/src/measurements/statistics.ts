/** The value that a share of all values does not exceed: the nearest rank, never an interpolation. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('There is no percentile of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] as number
}

/** Milliseconds with three digits that mean something, as far as the clock goes. */
export function rounded(milliseconds: number): number {
  return milliseconds < 100 ? Number(milliseconds.toFixed(2)) : Math.round(milliseconds)
}
