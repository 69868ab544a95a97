import type { Row } from '../rows/row.ts'

/** What could not be measured is a dash. */
export function figure(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
}

export function range({ lowest, highest }: Row): string {
  return lowest === null ? '–' : `${figure(lowest)} to ${figure(highest)}`
}

export function target({ target: most }: Row): string {
  if (most === null) return '–'
  return most === 0 ? '0' : `≤ ${figure(most)}`
}

/** The best first, those that could not be measured last. */
export function sortedPeers({ peers }: Row): readonly (readonly [string, number | null])[] {
  return Object.entries(peers).toSorted(([, a], [, b]) => (a ?? Infinity) - (b ?? Infinity))
}
