import { ConfigurationError } from '../outcomes/errors.js'
import { durationOption } from '../outcomes/option-check.js'
import { acceptedDurations, type Duration, formatDuration } from '../vocabulary/duration.js'

/** Milliseconds, or that expiry alone bounds the lag. */
export type RevocationLag = number | 'token-lifetime'

/** The two numbers of a policy. */
export interface RevocationLags {
  readonly maxRevocationLag: RevocationLag
  readonly maxRevocationLagDuringOutage: number | undefined
}

const RANGE = { min: 0, max: 365 * 86_400_000 }

export function checkRevocationLag(
  owner: string,
  given: {
    readonly maxRevocationLag?: 'token-lifetime' | Duration
    readonly maxRevocationLagDuringOutage?: Duration
  },
): RevocationLags {
  const option = `${owner}.maxRevocationLagDuringOutage`
  const maxRevocationLag = revocationLag(`${owner}.maxRevocationLag`, given.maxRevocationLag)
  const duringOutage = durationOption(option, given.maxRevocationLagDuringOutage, { byDefault: undefined, ...RANGE })
  if (duringOutage !== undefined && maxRevocationLag === 'token-lifetime') {
    throw new ConfigurationError(option, "needs maxRevocationLag to be a duration; with 'token-lifetime' none is asked")
  }
  if (duringOutage !== undefined && duringOutage < (maxRevocationLag as number)) {
    throw new ConfigurationError(
      option,
      `must not be below maxRevocationLag, which is ${formatDuration(maxRevocationLag as number)}`,
    )
  }
  return { maxRevocationLag, maxRevocationLagDuringOutage: duringOutage }
}

function revocationLag(option: string, value: 'token-lifetime' | Duration | undefined): RevocationLag {
  if (value === undefined || value === 'token-lifetime') return 'token-lifetime'
  try {
    return durationOption(option, value, { byDefault: 0, ...RANGE })
  } catch {
    throw new ConfigurationError(
      option,
      `must be 'token-lifetime', or a duration from 0s to 365d: ${acceptedDurations}`,
    )
  }
}

/** What keeps the promises of all: the smallest bound, and in an outage only what each of them relaxes. */
export function strictestRevocationLag(all: readonly RevocationLags[]): RevocationLags {
  const bounded = all.filter(({ maxRevocationLag }) => maxRevocationLag !== 'token-lifetime')
  if (bounded.length === 0) return { maxRevocationLag: 'token-lifetime', maxRevocationLagDuringOutage: undefined }
  const relaxed = bounded.map(({ maxRevocationLagDuringOutage }) => maxRevocationLagDuringOutage)
  return {
    maxRevocationLag: Math.min(...bounded.map(({ maxRevocationLag }) => maxRevocationLag as number)),
    maxRevocationLagDuringOutage: relaxed.includes(undefined) ? undefined : Math.min(...(relaxed as number[])),
  }
}
