import type { Emit } from '../outcomes/events.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock } from '../transport/clock.js'
import { entryDenies, entryEnd, type ListedEntry, type RevocationIssuer } from './deny-rule.js'
import type { KnownRevocations } from './known-revocations.js'
import type { RevocationEntry } from './revocation-entry.js'
import type { FeedProgress, RevocationKey, RevocationList } from './revocation-list.js'
import { isNameable, TOKEN_NAMES } from './token-names.js'

/** A list in use by one server. */
export interface ConnectedRevocations extends KnownRevocations {
  /** The list tells this server nothing any more. */
  close(): void
}

export interface RevocationServer {
  readonly clock: Clock
  readonly emit: Emit
}

/** What a list means for the tokens of the issuers of one server. */
export function connectRevocationList(
  list: RevocationList,
  issuers: readonly RevocationIssuer[],
  { clock, emit }: RevocationServer,
): ConnectedRevocations {
  const byIdentifier = new Map(
    issuers.flatMap((issuer) => issuer.identifiers.map((identifier) => [identifier, issuer] as const)),
  )
  const disconnect = list.connect({ issuers, emit })

  /** Nearly always nothing is listed, so that not even the clock is read for it. */
  function isDenied(listed: ListedEntry | undefined, facts: TokenFacts, issuer: RevocationIssuer): boolean {
    if (listed === undefined) return false
    return !(clock.now() >= entryEnd(listed, issuer)) && entryDenies(listed.entry, facts, issuer)
  }

  return {
    denies(facts) {
      const issuer = byIdentifier.get(facts.issuer)
      // Of an issuer that is not this server's nothing is known: neither that it revoked the token nor that it did not.
      if (issuer === undefined) return true
      for (const identifier of issuer.identifiers) {
        if (isDenied(list.find(identifier, 'issuer', ''), facts, issuer)) return true
        for (const { kind, of } of TOKEN_NAMES) {
          const name = of(facts)
          if (name !== undefined && isDenied(list.find(identifier, kind, name), facts, issuer)) return true
        }
      }
      return false
    },
    completeAsOf(facts) {
      const issuer = byIdentifier.get(facts.issuer)
      if (issuer === undefined || !outlivesNothing(facts, issuer)) return undefined
      const feeds = new Set(issuer.identifiers.flatMap((identifier) => list.progressOf(identifier)))
      if (feeds.size === 0) return undefined
      let completeAsOf = Infinity
      for (const feed of feeds) {
        // The oldest of several feeds says how far all of them together have come.
        completeAsOf = Math.min(completeAsOf, provenBy(feed, facts, issuer))
      }
      // NaN-safe: a watermark counts only when it can be said to lie in the past.
      return completeAsOf > -Infinity && completeAsOf <= clock.now() + issuer.clockTolerance ? completeAsOf : undefined
    },
    close: disconnect,
  }
}

const KIND_OF = { jti: 'token', login: 'login', sub: 'user', client_id: 'client' } as const satisfies Record<
  RevocationKey,
  RevocationEntry['kind']
>

/** Entries end with the declared maximum lifetime; of a token that may outlive them the list proves nothing. */
function outlivesNothing({ expiresAt, issuedAt }: TokenFacts, { maxTokenLifetime }: RevocationIssuer): boolean {
  return issuedAt !== undefined && maxTokenLifetime !== undefined && expiresAt - issuedAt <= maxTokenLifetime
}

/** The instant before which the feed has brought every revocation of the token; `-Infinity` when it proves nothing. */
function provenBy(feed: FeedProgress, facts: TokenFacts, issuer: RevocationIssuer): number {
  const { keys, followedSince, watermark, watermarkReceivedAt } = feed
  const { clockTolerance, propagationDelay } = issuer
  if (followedSince === undefined || watermark === undefined || watermarkReceivedAt === undefined) return -Infinity
  // An older token may have been revoked before the stream was followed.
  if (!(facts.issuedAt !== undefined && facts.issuedAt >= followedSince + clockTolerance + propagationDelay)) {
    return -Infinity
  }
  // A source whose clock is ahead would seem to be alive long after it fell silent.
  if (!(watermark <= watermarkReceivedAt + clockTolerance)) return -Infinity
  // Where nobody looks at the login, a token of an ended one may be younger than the entry that ended it.
  if (keys.has('sub') && !issuer.issuedAtIsEvidence && !Object.hasOwn(facts.claims, 'auth_time')) return -Infinity
  // An entry cannot name a token by what the token does not have.
  for (const key of keys) if (!isNameable(facts, KIND_OF[key])) return -Infinity
  return watermark
}
