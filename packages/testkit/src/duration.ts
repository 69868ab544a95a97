import { types } from 'node:util'
import { kindOf } from './given-values.js'

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time: milliseconds, or text such as `'30s'`, `'10m'`, `'1h'`. May be negative: `'-5m'`. */
export type Duration = number | `${bigint}${keyof typeof MILLISECONDS}`

export function milliseconds(maker: string, option: string, duration: Duration): number {
  const length = lengthOf(duration)
  if (length === undefined) {
    throw new TypeError(
      `${maker}: ${option} must be milliseconds, or whole ms, s, m, h or d such as '30s', not ${kindOrOther(duration)}`,
    )
  }
  return length
}

/** Milliseconds of more than eleven days; seconds since the epoch began were as many in 2001. */
const INSTANT = 1_000_000_000

/** An instant, in milliseconds since the epoch: a `Date`, or a duration from `now`. */
export function instantOf(maker: string, option: string, value: Date | Duration, now: number): number {
  // Fake timers and Jest have Dates of their own.
  if (types.isDate(value) && !Number.isNaN(value.getTime())) return value.getTime()
  if (typeof value === 'number' && value >= INSTANT) {
    throw new TypeError(
      `${maker}: ${option} looks like an instant, and numbers are milliseconds from now; say new Date(…), or a duration such as '5s'`,
    )
  }
  const length = lengthOf(value)
  if (length === undefined) {
    const kind = types.isDate(value) ? 'a Date that is invalid' : kindOrOther(value)
    throw new TypeError(
      `${maker}: ${option} must be a Date, or a duration from now in whole ms, s, m, h or d, such as '5s' or '-10m', not ${kind}`,
    )
  }
  return now + length
}

function lengthOf(duration: unknown): number | undefined {
  if (typeof duration === 'number' && Number.isFinite(duration)) return duration
  const match = typeof duration === 'string' ? /^(-?\d+)(ms|s|m|h|d)$/.exec(duration) : null
  return match === null ? undefined : Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS]
}

/** Text is accepted, so that text which is not must be other text. */
function kindOrOther(value: unknown): string {
  return typeof value === 'string' && value !== '' ? 'other text' : kindOf(value)
}
