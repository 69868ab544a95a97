const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time: milliseconds, or text such as `'30s'`, `'10m'`, `'1h'`. May be negative: `'-5m'`. */
export type Duration = number | `${bigint}${keyof typeof MILLISECONDS}`

export function milliseconds(maker: string, option: string, duration: Duration): number {
  if (typeof duration === 'number' && Number.isFinite(duration)) return duration
  const match = typeof duration === 'string' ? /^(-?\d+)(ms|s|m|h|d)$/.exec(duration) : null
  if (match === null) {
    throw new TypeError(`${maker}: ${option} must be milliseconds, or text such as '30s', '10m' or '1h'`)
  }
  return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS]
}
