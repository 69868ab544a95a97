import type { TrustedIssuer } from '../issuers/trusted-issuer.js'
import { checkKeySnapshot, type GivenKeySet, type KeySnapshot } from '../keys/key-snapshot.js'
import { ConfigurationError } from '../outcomes/errors.js'
import type { TokenwardEvent } from '../outcomes/events.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { RevocationList } from '../revocation/revocation-list.js'
import type { SenderConstraint } from '../tokens/sender-constraint.js'
import { type Clock, steadyClock, systemClock } from '../transport/clock.js'
import type { Fetch } from '../transport/fetch-client.js'
import { type ProtectedResourceOptions } from './protected-resource-metadata.js'
import { checkDecisionPoint, type PolicyDecisionPoint } from './policy-decision-point.js'

/** Options of {@link createResourceServer}. */
export interface ResourceServerOptions {
  /** Whose tokens are accepted (RFC 7519 §4.1.1): one or more, each once. Keys never cross issuers. */
  readonly issuers: readonly TrustedIssuer[]
  /**
   * What is known to be revoked: consulted for every request, on every route. Default none. See
   * {@link inMemoryRevocationList}.
   */
  readonly revocationList?: RevocationList | undefined
  /**
   * What clients can find out about this API (RFC 9728): its identifier, an https address, or more beside it. Then every
   * challenge names the address of the metadata, which `api.metadata()` holds. Default: no metadata.
   */
  readonly resource?: string | ProtectedResourceOptions | undefined
  /**
   * What tokens may be bound to, `certificateBound()` and `dpop()`, each once. Default none: a token that is bound to
   * anything is refused (RFC 8705 §3, RFC 9449 §7.2).
   */
  readonly senderConstraints?: readonly SenderConstraint[] | undefined
  /** Decides routes with an `action`, by policies of its own. Default none: such routes are refused when they are defined. */
  readonly decisionPoint?: PolicyDecisionPoint | undefined
  /** The `realm` of every challenge (RFC 9110 §11.5): printable ASCII, not empty. Default `'api'`. */
  readonly realm?: string | undefined
  /** Longest token accepted, in bytes. Default 16384, range 1024 to 65536. */
  readonly maxTokenBytes?: number | undefined
  /**
   * Tokens whose verification is remembered: one that comes for the third time costs a hash in place of a signature. Facts
   * are held, about 1 kB each, no token and no verdict: expiry, key and policy are checked on every request. Default 10000,
   * range 0 (off) to 1000000.
   */
  readonly maxVerifiedTokens?: number | undefined
  /**
   * Tokens of each issuer of which the authorization server's answers are remembered. Beyond them the oldest are
   * forgotten and asked for again. Default 10000, range 100 to 1000000.
   */
  readonly maxRememberedTokens?: number | undefined
  /**
   * Keys that another server gave with `exportKeys()`, as where they were written at deployment: a cold start then fetches
   * nothing first. They age from their `fetchedAt` by the `refreshAfter` and `maxAge` of their issuer; what is too old, or
   * of an issuer that is not configured, is not used. Whoever can write it can sign tokens. Default none (RFC 7517 §5).
   */
  readonly keySnapshot?: KeySnapshot | undefined
  /** Makes all calls to issuers (WHATWG Fetch). Default: a keep-alive client on Node, the global `fetch` elsewhere. */
  readonly fetch?: Fetch | undefined
  /** Where time comes from. Default: the system's clocks. */
  readonly clock?: Clock | undefined
  /** Receives what happens, for logs and metrics. What it throws, or rejects with, is dropped. Default none. */
  readonly onEvent?: ((event: TokenwardEvent) => unknown) | undefined
}

export interface CheckedResourceServerOptions {
  readonly realm: string
  readonly maxTokenBytes: number
  readonly maxVerifiedTokens: number
  readonly maxRememberedTokens: number
  readonly clock: Clock
  readonly givenKeys: ReadonlyMap<string, GivenKeySet>
  /** Milliseconds for one decision of the decision point. */
  readonly decisionTimeout: number
}

const OWNER = 'createResourceServer'
const KNOWN = [
  'issuers',
  'revocationList',
  'resource',
  'senderConstraints',
  'decisionPoint',
  'realm',
  'maxTokenBytes',
  'maxVerifiedTokens',
  'maxRememberedTokens',
  'keySnapshot',
  'fetch',
  'clock',
  'onEvent',
] as const

export function checkResourceServerOptions(options: ResourceServerOptions): CheckedResourceServerOptions {
  checkOptionNames(OWNER, options, KNOWN)
  const { realm = 'api', maxTokenBytes = 16_384, clock = systemClock } = options
  const { maxVerifiedTokens = 10_000, maxRememberedTokens = 10_000 } = options
  if (typeof realm !== 'string' || !/^[\x20-\x7e]+$/.test(realm)) {
    throw new ConfigurationError(`${OWNER}.realm`, 'must be printable ASCII text')
  }
  if (!Number.isInteger(maxTokenBytes) || maxTokenBytes < 1_024 || maxTokenBytes > 65_536) {
    throw new ConfigurationError(`${OWNER}.maxTokenBytes`, 'must be a whole number of bytes from 1024 to 65536')
  }
  if (!Number.isInteger(maxVerifiedTokens) || maxVerifiedTokens < 0 || maxVerifiedTokens > 1_000_000) {
    throw new ConfigurationError(`${OWNER}.maxVerifiedTokens`, 'must be a whole number from 0 (off) to 1000000')
  }
  if (!Number.isInteger(maxRememberedTokens) || maxRememberedTokens < 100 || maxRememberedTokens > 1_000_000) {
    throw new ConfigurationError(`${OWNER}.maxRememberedTokens`, 'must be a whole number from 100 to 1000000')
  }
  if (!isClock(clock)) {
    throw new ConfigurationError(
      `${OWNER}.clock`,
      'must have a now() that returns milliseconds since the epoch; monotonic() may be left out, or return milliseconds',
    )
  }
  if (options.revocationList !== undefined && !isRevocationList(options.revocationList)) {
    throw new ConfigurationError(`${OWNER}.revocationList`, 'must be made by inMemoryRevocationList(), or be like one')
  }
  for (const name of ['fetch', 'onEvent'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw new ConfigurationError(`${OWNER}.${name}`, 'must be a function')
    }
  }
  const givenKeys = checkKeySnapshot(`${OWNER}.keySnapshot`, options.keySnapshot)
  const { decisionPoint } = options
  const decisionTimeout = decisionPoint === undefined ? 0 : checkDecisionPoint(OWNER, decisionPoint)
  const limits = { maxTokenBytes, maxVerifiedTokens, maxRememberedTokens }
  return { realm, ...limits, clock: steadyClock(clock), givenKeys, decisionTimeout }
}

/** A clock that answers with a Date, a text or nothing would make every comparison of times come out wrong. */
function isClock(clock: Clock | null): boolean {
  if (typeof clock?.now !== 'function' || !Number.isFinite(clock.now())) return false
  return clock.monotonic === undefined || (typeof clock.monotonic === 'function' && Number.isFinite(clock.monotonic()))
}

function isRevocationList(list: RevocationList | null): boolean {
  const methods = ['add', 'find', 'progressOf', 'subscribe', 'connect'] as const
  return typeof list === 'object' && methods.every((method) => typeof list?.[method] === 'function')
}
