import { ConfigurationError, RevocationError } from '../outcomes/errors.js'
import type { Emit, RevocationListed } from '../outcomes/events.js'
import { checkOptionNames, durationOption } from '../outcomes/option-check.js'
import { type Clock, systemClock } from '../transport/clock.js'
import type { Duration } from '../vocabulary/duration.js'
import { entryEnd, type RevocationIssuer } from './deny-rule.js'
import { EntryIndex } from './entry-index.js'
import { checkSequence, FeedFollower } from './feed-follower.js'
import { listedEntry, nameOf } from './listed-entry.js'
import { checkInstant, checkRevocationEntry, type RevocationEntry } from './revocation-entry.js'
import { checkFeedOptions, type RevocationFeed, type RevocationFeedOptions } from './revocation-feed.js'
import type { RevocationList } from './revocation-list.js'

/** Options of {@link inMemoryRevocationList}. */
export interface InMemoryRevocationListOptions {
  /**
   * How many entries it holds. Default 100000, range 1 to 10000000; a hundred thousand take some 20 MB. An entry is
   * dropped only when it has ended: adding to a list that is full of others fails.
   */
  readonly maxEntries?: number | undefined
  /**
   * The longest lifetime of a refresh token: for so long an entry stays whose revocation the authorization server has not
   * confirmed. Default `'30d'`, as with Cognito (`RefreshTokenValidity`); range `'1m'` to `'3650d'`.
   */
  readonly refreshTokenLifetime?: Duration | undefined
  /** Where time comes from, for tests: the one the server has. Default the system's. */
  readonly clock?: Clock | undefined
}

/** A revocation list of this process alone, made by {@link inMemoryRevocationList}. */
export interface InMemoryRevocationList extends RevocationList {
  /** How many entries it holds, ended ones included that were not dropped yet. */
  readonly size: number
  /**
   * Opens a feed: a numbered stream of entries and heartbeats.
   *
   * @throws {@link ConfigurationError} naming the option and what is accepted.
   */
  feed(options: RevocationFeedOptions): RevocationFeed
}

const OWNER = 'inMemoryRevocationList'
const MINUTE = 60_000
const DAY = 86_400_000

/**
 * A revocation list in the memory of this process. It starts empty: what was revoked before is not on it, and other
 * processes do not see it.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function inMemoryRevocationList(options: InMemoryRevocationListOptions = {}): InMemoryRevocationList {
  checkOptionNames(OWNER, options as unknown, ['maxEntries', 'refreshTokenLifetime', 'clock'])
  const { maxEntries = 100_000, clock = systemClock } = options
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 10_000_000) {
    throw new ConfigurationError(`${OWNER}.maxEntries`, 'must be a whole number from 1 to 10000000')
  }
  if (typeof clock?.now !== 'function' || !Number.isFinite(clock.now())) {
    throw new ConfigurationError(`${OWNER}.clock`, 'must have a now() that returns milliseconds since the epoch')
  }
  const refreshTokenLifetime = durationOption(`${OWNER}.refreshTokenLifetime`, options.refreshTokenLifetime, {
    byDefault: 30 * DAY,
    min: MINUTE,
    max: 3_650 * DAY,
  })

  const index = new EntryIndex()
  const feeds: { readonly issuers: readonly string[]; readonly name: string; readonly follower?: FeedFollower }[] = []
  const facts = new Map<string, RevocationIssuer>()
  const listeners = new Set<(entry: RevocationEntry) => void>()
  const servers = new Set<Emit>()

  const emit: Emit = (event) => {
    for (const server of servers) server(event)
  }

  function store(entries: readonly RevocationEntry[], feed: RevocationListed['feed']): void {
    for (const entry of entries) {
      if (isFull(entry)) {
        for (const { follower } of feeds) follower?.halt('list-full')
        throw new RevocationError(
          'list-full',
          `The revocation list holds ${maxEntries} entries that have not ended: raise maxEntries, declare maxTokenLifetime of each issuer, and say when the authorization server confirmed a revocation, so that entries end`,
        )
      }
      index.set(listedEntry(entry, clock.now(), refreshTokenLifetime))
      for (const listener of listeners) tell(listener, entry)
      emit({ type: 'revocation-listed', at: clock.now(), issuer: entry.issuer, kind: entry.kind, feed })
    }
  }

  /** Looks for what has ended only when the place is needed: ended entries deny nothing in the meantime. */
  function isFull(entry: RevocationEntry): boolean {
    if (index.size < maxEntries || index.find(entry.issuer, entry.kind, nameOf(entry)) !== undefined) return false
    const now = clock.now()
    index.sweep((listed) => now >= entryEnd(listed, facts.get(listed.entry.issuer)))
    return index.size >= maxEntries
  }

  return {
    get size() {
      return index.size
    },
    // Without waiting for anything: whoever looks on the next line sees the entries.
    async add(entries) {
      store(checkAll(entries), undefined)
    },
    find: (issuer, kind, name) => index.find(issuer, kind, name),
    progressOf: (issuer) =>
      feeds.flatMap(({ issuers, follower }) => (follower !== undefined && issuers.includes(issuer) ? [follower] : [])),
    subscribe(listener) {
      // An object of its own, so that a function given twice is told twice and ends once.
      const own = (entry: RevocationEntry) => listener(entry)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    connect(server) {
      for (const issuer of server.issuers) {
        for (const identifier of issuer.identifiers) {
          facts.set(identifier, moreCareful(facts.get(identifier), issuer))
        }
      }
      const own: Emit = (event) => server.emit(event)
      servers.add(own)
      return () => void servers.delete(own)
    },
    feed(feedOptions) {
      const checked = checkFeedOptions(feedOptions)
      const { issuers, name, complete } = checked
      const [issuer = ''] = issuers
      if (feeds.some((other) => other.name === name && other.issuers.some((one) => issuers.includes(one)))) {
        throw new ConfigurationError('revocationList.feed.name', 'is the name of another feed of the issuer')
      }
      const interrupted = (reason: 'entry-malformed' | 'list-full' | 'lost' | 'sequence-gap') =>
        emit({ type: 'revocation-feed-interrupted', at: clock.now(), issuer, feed: name, reason })
      const follower = new FeedFollower({ ...checked, now: () => clock.now(), onInterruption: interrupted })
      feeds.push({ issuers, name, ...(complete && { follower }) })
      return {
        async apply({ sequence, entries }) {
          let checkedEntries: readonly RevocationEntry[]
          try {
            checkSequence(sequence)
            checkedEntries = checkAll(entries)
            checkIssuers(checkedEntries, issuers)
          } catch (error) {
            interrupted('entry-malformed')
            throw error
          }
          store(checkedEntries, name)
          follower.applied(sequence, checkedEntries)
        },
        heartbeat({ sequence, asOf }) {
          checkSequence(sequence)
          follower.heartbeat(sequence, checkInstant('asOf', asOf))
        },
        lost: () => follower.lost(),
      }
    },
  }
}

/** All of them are looked at before the first is stored. */
function checkAll(entries: RevocationEntry | readonly RevocationEntry[]): readonly RevocationEntry[] {
  return (Array.isArray(entries) ? [...entries] : [entries]).map(checkRevocationEntry)
}

/** Keys never cross issuers, and neither do revocations: a feed could lock out the users of another issuer. */
function checkIssuers(entries: readonly RevocationEntry[], issuers: readonly string[]): void {
  if (entries.every(({ issuer }) => issuers.includes(issuer))) return
  throw new RevocationError('entry-malformed', 'issuer of a revocation entry is not an issuer of its feed', 'issuer')
}

/** Servers may have been told different things of one issuer; entries end when the last of them can do without. */
function moreCareful(known: RevocationIssuer | undefined, issuer: RevocationIssuer): RevocationIssuer {
  if (known === undefined) return issuer
  const lifetimes = [known.maxTokenLifetime, issuer.maxTokenLifetime]
  return {
    identifiers: issuer.identifiers,
    clockTolerance: Math.max(known.clockTolerance, issuer.clockTolerance),
    propagationDelay: Math.max(known.propagationDelay, issuer.propagationDelay),
    issuedAtIsEvidence: known.issuedAtIsEvidence && issuer.issuedAtIsEvidence,
    maxTokenLifetime: lifetimes.includes(undefined) ? undefined : Math.max(...(lifetimes as number[])),
  }
}

/** What a listener throws must not keep an entry from the others. */
function tell(listener: (entry: RevocationEntry) => void, entry: RevocationEntry): void {
  try {
    listener(entry)
  } catch {
    // dropped on purpose, see above
  }
}
