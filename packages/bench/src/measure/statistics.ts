/** What a row of measurements comes to. */
export interface Spread {
  readonly median: number
  readonly p10: number
  readonly p90: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1), p90: quantile(sorted, 0.9) }
}

export function median(values: readonly number[]): number {
  return spreadOf(values).median
}

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const below = Math.floor(position)
  const [a = NaN, b = a] = sorted.slice(below, below + 2)
  return a + (b - a) * (position - below)
}
