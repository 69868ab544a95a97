import { ConfigurationError } from '../outcomes/errors.js'
import { booleanOption, checkOptionNames, durationOption, stringListOption } from '../outcomes/option-check.js'
import type { Duration } from '../vocabulary/duration.js'
import type { RevocationEntry } from './revocation-entry.js'
import type { RevocationKey } from './revocation-list.js'

/** Where the entries of a feed come from. Only what the authorization server itself writes down can be complete. */
export type RevocationFeedSource = 'authorization-server' | 'cloudtrail' | 'application' | 'back-channel-logout'

/** Options of a feed. */
export interface RevocationFeedOptions {
  /** The issuer whose revocations it brings, by all of its identifiers. It can revoke the tokens of no other. */
  readonly issuer: string | readonly string[]
  /** Tells the feeds of an issuer apart, in events. */
  readonly name: string
  /**
   * Where its entries come from. CloudTrail is delivered at best effort, an application knows of its own sign-outs alone,
   * and a logout token may get lost: only a feed of `'authorization-server'` can be complete.
   */
  readonly source: RevocationFeedSource
  /**
   * `true` declares that every way in which this issuer can revoke a token ends in this feed, or in another complete one
   * of it. Only then does the list prove that a token was not revoked. Default `false`: entries deny, no more.
   */
  readonly complete?: boolean | undefined
  /** What its entries name tokens by: one or more of `'jti'`, `'login'`, `'sub'`, `'client_id'`. For a complete feed. */
  readonly keys?: readonly RevocationKey[] | undefined
  /**
   * The longest time from a revocation until it stands in the stream; for a feed that polls, counted to the start of the
   * poll. For a complete feed, which has no default; range `'0s'` to `'1h'`.
   */
  readonly delay?: Duration | undefined
}

/** Entries that came as one message. */
export interface RevocationMessage {
  /** Its number in the stream: a whole number, each one higher than that of the message before. */
  readonly sequence: number
  /** What was revoked. */
  readonly entries: readonly RevocationEntry[]
}

/** A sign of life that came down the same path as the entries. On another path it would prove nothing. */
export interface RevocationHeartbeat {
  /** Its number in the same stream: a whole number, one higher than that of the message before. */
  readonly sequence: number
  /** When it was emitted, on the source's clock (for a poll: when the poll began), in milliseconds since the epoch. */
  readonly asOf: number
}

/** One stream of revocations, messages and heartbeats under the same numbers. */
export interface RevocationFeed {
  /**
   * Stores the entries, whatever the number: a message again, or out of order, does no harm. The stream counts as followed
   * up to a message only when every one before it was applied.
   *
   * @throws {@link RevocationError} when an entry is malformed, names another issuer or has no place. The message then
   * counts as missing.
   */
  apply(message: RevocationMessage): Promise<void>
  /** Everything that was revoked up to now has been sent. It counts only when it comes next in order. */
  heartbeat(heartbeat: RevocationHeartbeat): void
  /** Messages were missed: what the feed proves begins anew with the next one. Call it before resubscribing. */
  lost(): void
}

export interface CheckedFeedOptions {
  readonly issuers: readonly string[]
  readonly name: string
  readonly complete: boolean
  readonly keys: readonly RevocationKey[]
  /** Milliseconds. */
  readonly delay: number
}

const OWNER = 'revocationList.feed'
const SOURCES: readonly string[] = ['authorization-server', 'cloudtrail', 'application', 'back-channel-logout']
const KEYS: readonly string[] = ['jti', 'login', 'sub', 'client_id']
const HOUR = 3_600_000

export function checkFeedOptions(options: RevocationFeedOptions): CheckedFeedOptions {
  checkOptionNames(OWNER, options, ['issuer', 'name', 'source', 'complete', 'keys', 'delay'])
  const { source, name, keys } = options
  const issuers = stringListOption(`${OWNER}.issuer`, options.issuer, 'must be an issuer identifier or a list of them')
  if (typeof name !== 'string' || name === '') {
    throw new ConfigurationError(`${OWNER}.name`, 'must be text that is not empty')
  }
  if (!SOURCES.includes(source)) throw new ConfigurationError(`${OWNER}.source`, `must be one of ${SOURCES.join(', ')}`)
  const complete = booleanOption(`${OWNER}.complete`, options.complete)
  if (complete && source !== 'authorization-server') {
    throw new ConfigurationError(
      `${OWNER}.complete`,
      `cannot be true with source '${source}', which misses revocations; only one the authorization server writes itself is complete`,
    )
  }
  const delay = durationOption(`${OWNER}.delay`, options.delay, { byDefault: undefined, min: 0, max: HOUR })
  for (const [option, value] of Object.entries({ keys, delay })) {
    if (complete === (value !== undefined)) continue
    throw new ConfigurationError(
      `${OWNER}.${option}`,
      complete ? 'is needed with complete: true' : 'needs complete: true',
    )
  }
  return { issuers, name, complete, keys: keys === undefined ? [] : checkKeys(keys), delay: delay ?? 0 }
}

function checkKeys(keys: unknown): readonly RevocationKey[] {
  const list: readonly unknown[] = Array.isArray(keys) ? [...keys] : []
  if (list.length === 0 || !list.every((key) => KEYS.includes(key as string))) {
    throw new ConfigurationError(`${OWNER}.keys`, `must be a list of one or more of ${KEYS.join(', ')}`)
  }
  return list as readonly RevocationKey[]
}
