import { RevocationError } from '../outcomes/errors.js'
import { systemClock } from '../transport/clock.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import type { Principal } from '../vocabulary/principal.js'
import { checkRevocationEntry, type RevocationEntry } from './revocation-entry.js'
import { LOGIN_CLAIMS, textClaim } from './token-names.js'

/** Options of {@link revocationEntryFor}. */
export interface RevocationEntryForOptions {
  /**
   * With `'user'`: logins up to then are ended; in milliseconds since the epoch. Default now. Give the time the
   * authorization server says where it is known.
   */
  readonly notBefore?: number | undefined
  /**
   * With `'login'` and `'user'`: when the authorization server confirmed the revocation, in milliseconds since the epoch.
   * Default unconfirmed: the entry then stays for as long as a login may be refreshed.
   */
  readonly confirmedAt?: number | undefined
}

/**
 * The entry that ends the token somebody came with, the login it belongs to, or all of the user's logins so far. Takes
 * the principal of a grant or the claims of a verified token. A route's `claims` schema may drop what `'token'` and
 * `'login'` need; let it pass `jti`, and `origin_jti` or `sid`, on.
 *
 * @throws {@link RevocationError} `'claim-missing'` naming the claim.
 */
export function revocationEntryFor(
  who: Principal<unknown> | AccessTokenClaims,
  kind: 'token' | 'login' | 'user',
  options: RevocationEntryForOptions = {},
): RevocationEntry {
  return entryOf(
    isPrincipal(who) ? who : { issuer: who.iss, subject: who.sub, expiresAt: who.exp * 1_000, claims: who },
    kind,
    options,
  )
}

/** What a token is named by in an entry. */
export type TokenNames = Pick<Principal<unknown>, 'issuer' | 'subject' | 'expiresAt' | 'claims'>

export function entryOf(
  { issuer, subject, expiresAt, claims }: TokenNames,
  kind: 'token' | 'login' | 'user',
  options: RevocationEntryForOptions,
): RevocationEntry {
  const confirmed = options.confirmedAt === undefined ? {} : { confirmedAt: options.confirmedAt }
  switch (kind) {
    case 'token':
      return checkRevocationEntry({ kind, issuer, jti: claimOf(claims, ['jti']), expiresAt })
    case 'login':
      return checkRevocationEntry({ kind, issuer, login: claimOf(claims, LOGIN_CLAIMS), ...confirmed })
    case 'user':
      return checkRevocationEntry({
        kind,
        issuer,
        sub: subject,
        notBefore: options.notBefore ?? systemClock.now(),
        ...confirmed,
      })
    default:
      throw new RevocationError('entry-malformed', "The kind must be 'token', 'login' or 'user'", 'kind')
  }
}

function isPrincipal(who: Principal<unknown> | AccessTokenClaims): who is Principal<unknown> {
  return !Object.hasOwn(who, 'iss') && Object.hasOwn(who, 'evidence')
}

function claimOf(claims: unknown, names: readonly string[]): string {
  for (const name of names) {
    const value = textClaim(claims, name)
    if (value !== undefined) return value
  }
  const [first = ''] = names
  throw new RevocationError(
    'claim-missing',
    `The claims hold no ${names.join(' and no ')}: the token has none, or the route's claims schema does not pass it on`,
    first,
  )
}
