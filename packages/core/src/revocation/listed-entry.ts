import type { ListedEntry } from './deny-rule.js'
import type { RevocationEntry } from './revocation-entry.js'

/** What an entry is found by, within its issuer and kind. */
export function nameOf(entry: RevocationEntry): string {
  switch (entry.kind) {
    case 'token':
      return entry.jti
    case 'login':
      return entry.login
    case 'user':
      return entry.sub
    case 'client':
      return entry.clientId
    case 'issuer':
      return ''
  }
}

/** Until the authorization server has confirmed a revocation, refresh tokens may go on bringing new tokens. */
export function listedEntry(entry: RevocationEntry, addedAt: number, refreshTokenLifetime: number): ListedEntry {
  return Object.freeze({ entry, lastIssueAt: lastIssueAt(entry, addedAt, refreshTokenLifetime) })
}

function lastIssueAt(entry: RevocationEntry, addedAt: number, refreshTokenLifetime: number): number | undefined {
  switch (entry.kind) {
    case 'token':
      return undefined
    case 'login':
      return entry.confirmedAt ?? addedAt + refreshTokenLifetime
    case 'user':
      // Logins up to `notBefore` are denied, so none of their tokens may be alive when the entry ends.
      return Math.max(entry.notBefore, entry.confirmedAt ?? addedAt + refreshTokenLifetime)
    case 'client':
    case 'issuer':
      return entry.notBefore
  }
}

/**
 * Two entries of the same name as one, which denies what either denies and does not end before the one that says more.
 * Whichever comes first, the outcome denies the same.
 */
export function mergeEntries(known: ListedEntry, added: ListedEntry): ListedEntry {
  const [more, less] = saysMore(added, known) ? [added, known] : [known, added]
  // What the server confirmed of all logins up to an instant holds for every earlier one.
  if (isConfirmed(more.entry) && !isConfirmed(less.entry)) return more
  if (more.lastIssueAt === undefined || less.lastIssueAt === undefined) return more
  return Object.freeze({ entry: more.entry, lastIssueAt: Math.max(more.lastIssueAt, less.lastIssueAt) })
}

function saysMore({ entry: a }: ListedEntry, { entry: b }: ListedEntry): boolean {
  if (a.kind === 'token' && b.kind === 'token') return a.expiresAt > b.expiresAt
  const [reachOfA, reachOfB] = [reach(a), reach(b)]
  return reachOfA === reachOfB ? isConfirmed(a) && !isConfirmed(b) : reachOfA > reachOfB
}

/** How far an entry reaches into the future; one without an instant reaches all of it. */
function reach(entry: RevocationEntry): number {
  return ('notBefore' in entry ? entry.notBefore : undefined) ?? Infinity
}

function isConfirmed(entry: RevocationEntry): boolean {
  return 'confirmedAt' in entry && entry.confirmedAt !== undefined
}
