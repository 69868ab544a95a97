export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) / 2
  const below = sorted[Math.floor(position)] ?? NaN
  return below + ((sorted[Math.ceil(position)] ?? NaN) - below) * (position % 1)
}
