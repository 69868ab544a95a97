import { ConfigurationError } from '../outcomes/errors.js'
import { booleanOption, durationOption } from '../outcomes/option-check.js'
import type { TimeExpectations } from '../tokens/claim-expectations.js'
import { type Duration, formatDuration } from '../vocabulary/duration.js'
import type { IssuerEvidence } from './trusted-issuer.js'

/** Options every kind of issuer takes. Durations are text such as `'30s'`, or milliseconds. */
export interface CommonIssuerOptions {
  /** How far the issuer's clock and ours may differ. Default `'5s'`, range `'0s'` to `'60s'` (RFC 7519 §4.1.4). */
  readonly clockTolerance?: Duration | undefined
  /**
   * Deadline of one call to the issuer, body included. Default `'3s'`, range `'100ms'` to `'30s'`. A request waits for
   * two fetches of the key set at most; where the address has to be discovered, each may take two calls more.
   */
  readonly timeout?: Duration | undefined
  /**
   * Age at which the key set is refreshed in the background. Where its `Cache-Control` has a longer `max-age`, that counts,
   * up to half-way to `maxAge` (RFC 9111 §5.2.2.1). Default `'10m'`, range `'1s'` to `'1d'` (RFC 7517 §9.2).
   */
  readonly refreshAfter?: Duration | undefined
  /**
   * Age at which the key set is no longer used, even in an outage, whatever its server says of it. Default `'6h'`, or `refreshAfter` where that is
   * longer; range `refreshAfter` to `'7d'` (RFC 7517 §9.2).
   */
  readonly maxAge?: Duration | undefined
  /** Oldest `iat` accepted, whatever `exp` says (RFC 7519 §4.1.6). Default no limit, range `'1s'` to `'365d'`. */
  readonly maxTokenAge?: Duration | undefined
  /**
   * The longest lifetime of its access tokens, `exp − iat`. A revocation list keeps what ends a login or a user until no
   * token from before can be alive. Default: `'1d'` for Cognito, else unknown; range `'1s'` to `'365d'`.
   */
  readonly maxTokenLifetime?: Duration | undefined
  /**
   * How long it may take until every replica of the issuer refuses a revoked token. Nobody else can shorten it: it comes
   * on top of `maxRevocationLag`. Default `'0s'`, range `'0s'` to `'5m'`; a pool with replicas needs it.
   */
  readonly propagationDelay?: Duration | undefined
  /**
   * `false` for an issuer that does not check the session when it issues, as where tokens are signed by their holder: a
   * young token then proves nothing about revocation. Default `true`.
   */
  readonly issuedAtIsEvidence?: boolean | undefined
  /** `true` admits plain http to loopback addresses (RFC 8252 §8.3), for tests. Default `false`: https only. */
  readonly allowInsecureLoopback?: boolean | undefined
}

export const commonIssuerOptionNames = [
  'clockTolerance',
  'timeout',
  'refreshAfter',
  'maxAge',
  'maxTokenAge',
  'maxTokenLifetime',
  'propagationDelay',
  'issuedAtIsEvidence',
  'allowInsecureLoopback',
] as const satisfies readonly (keyof CommonIssuerOptions)[]

export interface CheckedIssuerOptions {
  readonly times: TimeExpectations
  readonly evidence: Omit<IssuerEvidence, 'inactiveMemory'>
  readonly timeout: number
  readonly refreshAfter: number
  readonly maxAge: number
  readonly allowInsecureLoopback: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function checkCommonIssuerOptions(
  owner: string,
  options: CommonIssuerOptions,
  longestLifetime?: number,
): CheckedIssuerOptions {
  const duration = <Default extends number | undefined>(
    name: Exclude<keyof CommonIssuerOptions, 'issuedAtIsEvidence' | 'allowInsecureLoopback'>,
    [byDefault, min, max]: readonly [Default, number, number],
  ) => durationOption(`${owner}.${name}`, options[name], { byDefault, min, max })

  const refreshAfter = duration('refreshAfter', [10 * MINUTE, SECOND, DAY])
  const maxAge = duration('maxAge', [Math.max(6 * HOUR, refreshAfter), SECOND, 7 * DAY])
  if (maxAge < refreshAfter) {
    throw new ConfigurationError(
      `${owner}.maxAge`,
      `must not be below refreshAfter, which is ${formatDuration(refreshAfter)}`,
    )
  }
  return {
    times: {
      clockTolerance: duration('clockTolerance', [5 * SECOND, 0, MINUTE]),
      maxTokenAge: duration('maxTokenAge', [undefined, SECOND, 365 * DAY]),
    },
    evidence: {
      maxTokenLifetime: duration('maxTokenLifetime', [longestLifetime, SECOND, 365 * DAY]),
      propagationDelay: duration('propagationDelay', [0, 0, 5 * MINUTE]),
      issuedAtIsEvidence: booleanOption(`${owner}.issuedAtIsEvidence`, options.issuedAtIsEvidence, true),
    },
    timeout: duration('timeout', [3 * SECOND, 100, 30 * SECOND]),
    refreshAfter,
    maxAge,
    allowInsecureLoopback: booleanOption(`${owner}.allowInsecureLoopback`, options.allowInsecureLoopback),
  }
}
