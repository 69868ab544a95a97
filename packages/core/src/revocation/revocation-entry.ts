import { RevocationError } from '../outcomes/errors.js'

/** One token, by its `jti` (RFC 7519 §4.1.7). */
export interface RevokedToken {
  /** Tells the entries apart. */
  readonly kind: 'token'
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** The token's `jti`. */
  readonly jti: string
  /** When the token ends (`exp`), in milliseconds since the epoch; later, where that is not known exactly. */
  readonly expiresAt: number
}

/** Every token of one login: what Cognito calls `origin_jti`, and OpenID Connect `sid`. */
export interface RevokedLogin {
  /** Tells the entries apart. */
  readonly kind: 'login'
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** The tokens' `origin_jti` or `sid`. */
  readonly login: string
  /**
   * When the authorization server confirmed that it revoked the login, in milliseconds since the epoch. Without it the
   * entry stays for as long as the login could be refreshed.
   */
  readonly confirmedAt?: number | undefined
}

/** Every token of the logins a user made up to some instant. */
export interface RevokedUser {
  /** Tells the entries apart. */
  readonly kind: 'user'
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** The user's `sub`. */
  readonly sub: string
  /** Logins up to then are ended; in milliseconds since the epoch. A whole second means all of that second. */
  readonly notBefore: number
  /** When the authorization server confirmed that it revoked them; see {@link RevokedLogin.confirmedAt}. */
  readonly confirmedAt?: number | undefined
}

/** The tokens of one client: those issued up to some instant, or all of them for as long as the entry is there. */
export interface RevokedClient {
  /** Tells the entries apart. */
  readonly kind: 'client'
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** The client's `client_id`. */
  readonly clientId: string
  /** Tokens issued up to then are ended; in milliseconds since the epoch. Default: all, for good. */
  readonly notBefore?: number
}

/** The tokens of one issuer: those issued up to some instant, or all of them for as long as the entry is there. */
export interface RevokedIssuer {
  /** Tells the entries apart. */
  readonly kind: 'issuer'
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** Tokens issued up to then are ended; in milliseconds since the epoch. Default: all, for good. */
  readonly notBefore?: number
}

/** What stands on a revocation list. Times are on the clock of whoever revoked; tolerances are added where it is read. */
export type RevocationEntry = RevokedToken | RevokedLogin | RevokedUser | RevokedClient | RevokedIssuer

type Kind = RevocationEntry['kind']
type Check = 'name' | 'instant' | 'optional instant'

/** The members of each kind, and how they are checked. */
const members: Readonly<Record<Kind, Readonly<Record<string, Check>>>> = {
  token: { jti: 'name', expiresAt: 'instant' },
  login: { login: 'name', confirmedAt: 'optional instant' },
  user: { sub: 'name', notBefore: 'instant', confirmedAt: 'optional instant' },
  client: { clientId: 'name', notBefore: 'optional instant' },
  issuer: { notBefore: 'optional instant' },
}

/** Longer names come from no authorization server; the bound keeps the size of a full list known. */
const MAX_NAME_LENGTH = 1_024
/** In milliseconds this is 1973, in seconds the year 5138: whoever mixed the two up is told, not let through. */
const EARLIEST = 100_000_000_000
/** The largest time a JavaScript date can hold. */
const LATEST = 8.64e15

/** Checks an entry strictly and returns a frozen copy, its times rounded up; throws {@link RevocationError}. */
export function checkRevocationEntry(value: unknown): RevocationEntry {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const kind = Object.hasOwn(entry, 'kind') ? entry['kind'] : undefined
  if (typeof kind !== 'string' || !Object.hasOwn(members, kind)) {
    throw malformed('kind', `must be one of ${Object.keys(members).join(', ')}`)
  }
  const checks: Readonly<Record<string, Check>> = { issuer: 'name', ...members[kind as Kind] }
  for (const name of Object.keys(entry)) {
    if (name !== 'kind' && !Object.hasOwn(checks, name)) throw malformed(name, `is not a member of a ${kind} entry`)
  }
  const copy: Record<string, unknown> = { kind }
  for (const [name, check] of Object.entries(checks)) {
    const given = Object.hasOwn(entry, name)
    const member = given ? entry[name] : undefined
    // A ban whose `notBefore` came out undefined would end every token, for good; that has to be meant.
    if (check === 'optional instant' && (!given || (member === undefined && name !== 'notBefore'))) continue
    copy[name] = check === 'name' ? checkName(name, member) : roundedUp(name, checkInstant(name, member))
  }
  return Object.freeze(copy) as unknown as RevocationEntry
}

function checkName(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAME_LENGTH) {
    throw malformed(name, `must be text of 1 to ${MAX_NAME_LENGTH} characters`)
  }
  return value
}

export function checkInstant(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= EARLIEST && value <= LATEST)) {
    throw malformed(name, 'must be in milliseconds since the epoch; claims are in seconds')
  }
  return value
}

/** An event stamped with a whole second happened anywhere in it. The end of a token is exact. */
function roundedUp(name: string, instant: number): number {
  if (name === 'expiresAt') return instant
  const whole = Math.ceil(instant)
  return whole % 1_000 === 0 ? whole + 999 : whole
}

function malformed(member: string, problem: string): RevocationError {
  return new RevocationError('entry-malformed', `${member} of a revocation entry ${problem}`, member)
}
