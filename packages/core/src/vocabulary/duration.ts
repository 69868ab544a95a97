const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time: a number of milliseconds, or whole units as text: `'250ms'`, `'30s'`, `'10m'`, `'6h'`, `'1d'`. */
export type Duration = number | `${bigint}${keyof typeof MILLISECONDS}`

/** How a duration is written, for errors. */
export const acceptedDurations = "whole ms, s, m, h or d, such as '30s', or a number of milliseconds"

/**
 * Milliseconds of a duration, or `undefined` when the text or number is none (negative, fractional text, other units).
 * Use it for values that arrive as text, such as environment variables.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(value)
  if (match === null) return undefined
  return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS]
}

/** A duration as people write it: the largest unit that divides it. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = MILLISECONDS[unit]
    if (milliseconds % size === 0) return `${milliseconds / size}${unit}`
  }
  return `${milliseconds}ms`
}
