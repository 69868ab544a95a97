import { booleanOption, durationOption } from '../outcomes/option-check.js'
import type { TimeExpectations } from '../tokens/claim-expectations.js'
import type { Duration } from '../vocabulary/duration.js'

/** Options every kind of issuer takes. Durations are text such as `'30s'`, or milliseconds. */
export interface CommonIssuerOptions {
  /** How far the issuer's clock and ours may differ. Default `'5s'`, range 0 to `'60s'` (RFC 7519 §4.1.4). */
  readonly clockTolerance?: Duration | undefined
  /** Deadline of one call to the issuer, body included. Default `'3s'`, range `'100ms'` to `'30s'`. */
  readonly timeout?: Duration | undefined
  /** Age after which the key set is refreshed in the background. Default `'10m'`, range `'1s'` to `'1d'`. */
  readonly refreshAfter?: Duration | undefined
  /** Age after which the key set is no longer used, even in an outage. Default `'6h'`, range `refreshAfter` to `'7d'`. */
  readonly maxAge?: Duration | undefined
  /** Oldest `iat` accepted, whatever `exp` says. Default no limit, range `'1s'` to `'365d'`. */
  readonly maxTokenAge?: Duration | undefined
  /** `true` admits plain http to loopback addresses, for tests. Default `false`: https only. */
  readonly allowInsecureLoopback?: boolean | undefined
}

export const commonIssuerOptionNames = [
  'clockTolerance',
  'timeout',
  'refreshAfter',
  'maxAge',
  'maxTokenAge',
  'allowInsecureLoopback',
] as const satisfies readonly (keyof CommonIssuerOptions)[]

/** Parts of the design that a later version brings; refused until then, never ignored. */
export const commonOptionNamesToCome = ['maxTokenLifetime', 'propagationDelay', 'issuedAtIsEvidence'] as const

export interface CheckedIssuerOptions {
  readonly times: TimeExpectations
  readonly timeout: number
  readonly refreshAfter: number
  readonly maxAge: number
  readonly allowInsecureLoopback: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function checkCommonIssuerOptions(owner: string, options: CommonIssuerOptions): CheckedIssuerOptions {
  const { clockTolerance, timeout, refreshAfter, maxAge, maxTokenAge } = options
  const checkedRefreshAfter = durationOption(`${owner}.refreshAfter`, refreshAfter, {
    byDefault: 10 * MINUTE,
    min: SECOND,
    max: DAY,
  })
  return {
    times: {
      clockTolerance: durationOption(`${owner}.clockTolerance`, clockTolerance, {
        byDefault: 5 * SECOND,
        min: 0,
        max: MINUTE,
      }),
      maxTokenAge:
        maxTokenAge === undefined
          ? undefined
          : durationOption(`${owner}.maxTokenAge`, maxTokenAge, { byDefault: 0, min: SECOND, max: 365 * DAY }),
    },
    timeout: durationOption(`${owner}.timeout`, timeout, { byDefault: 3 * SECOND, min: 100, max: 30 * SECOND }),
    refreshAfter: checkedRefreshAfter,
    maxAge: durationOption(`${owner}.maxAge`, maxAge, {
      byDefault: Math.max(6 * HOUR, checkedRefreshAfter),
      min: checkedRefreshAfter,
      max: 7 * DAY,
    }),
    allowInsecureLoopback: booleanOption(`${owner}.allowInsecureLoopback`, options.allowInsecureLoopback),
  }
}
