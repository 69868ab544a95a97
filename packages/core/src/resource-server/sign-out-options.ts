import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, durationOption } from '../outcomes/option-check.js'
import type { SignOutKind } from '../revocation/issuer-sign-out.js'
import type { Duration } from '../vocabulary/duration.js'

interface SignOutLimits {
  /**
   * How long `signOut` waits for the revocation list, and then for the authorization server, which is tried several times
   * meanwhile, and afterwards in the background. Default `'5s'`, range `'100ms'` to `'30s'`.
   */
  readonly timeout?: Duration | undefined
}

/**
 * Ends the login of a refresh token. At Cognito with `RevokeToken`, or `/oauth2/revoke` where the pool has a `domain`, which
 * end every token of the login; at other servers with RFC 7009, which leaves it to the server whether the access tokens
 * end, too (§2.1). Take the token from where your application keeps it, not from the request: a server also confirms
 * for a token that it does not know (§2.2).
 */
export interface SignOutWithRefreshToken extends SignOutLimits {
  /** The refresh token of the login that ends. */
  readonly refreshToken: string
  /** Secret of the client it was issued to, which the access token names. Default: a client without one. */
  readonly clientSecret?: string | undefined
  /** Not beside a refresh token. */
  readonly accessToken?: undefined
  /** Not beside a refresh token. */
  readonly tell?: undefined
  /** Not beside a refresh token. */
  readonly ends?: undefined
}

/**
 * Ends what an access token of the user can end. At Cognito every login of the user, with `GlobalSignOut`: the token needs
 * the scope `aws.cognito.signin.user.admin`. At other servers this one token, with RFC 7009.
 */
export interface SignOutWithAccessToken extends SignOutLimits {
  /** An access token of the user who signs out. It is verified here first. */
  readonly accessToken: string
  /** Secret of the client it was issued to; not for Cognito. Default: a client without one. */
  readonly clientSecret?: string | undefined
  /** Not beside an access token. */
  readonly refreshToken?: undefined
  /** Not beside an access token. */
  readonly tell?: undefined
  /** Not beside an access token. */
  readonly ends?: undefined
}

/** Ends what a function of the application ends, such as `AdminUserGlobalSignOut` by an AWS client of its own. */
export interface SignOutWithFunction extends SignOutLimits {
  /** Tells the authorization server. Resolves once that has confirmed. Called again while it throws or rejects. */
  readonly tell: () => Promise<unknown>
  /** What the function ends: the access token alone, its login, or all logins of the user so far. */
  readonly ends: SignOutKind
  /** Not beside a function. */
  readonly refreshToken?: undefined
  /** Not beside a function. */
  readonly accessToken?: undefined
  /** Not beside a function. */
  readonly clientSecret?: undefined
}

/** Exactly one way to tell the authorization server of a sign-out. */
export type SignOutOptions = SignOutWithRefreshToken | SignOutWithAccessToken | SignOutWithFunction

const OWNER = 'signOut'
const WAYS = ['refreshToken', 'accessToken', 'tell'] as const
const KNOWN = [...WAYS, 'clientSecret', 'ends', 'timeout'] as const

/** Checks what was given, and returns how long to wait, in milliseconds. */
export function checkSignOutOptions(options: SignOutOptions): number {
  checkOptionNames(OWNER, options, KNOWN)
  const given = options as Partial<Record<(typeof KNOWN)[number], unknown>>
  const ways = WAYS.filter((way) => given[way] !== undefined)
  if (ways.length !== 1) {
    throw new ConfigurationError(OWNER, 'takes exactly one of refreshToken, accessToken and tell')
  }
  for (const name of ['refreshToken', 'accessToken', 'clientSecret'] as const) {
    if (given[name] !== undefined && (typeof given[name] !== 'string' || given[name] === '')) {
      throw new ConfigurationError(`${OWNER}.${name}`, 'must be text that is not empty')
    }
  }
  if (given.tell !== undefined && typeof given.tell !== 'function') {
    throw new ConfigurationError(`${OWNER}.tell`, 'must be a function')
  }
  if (given.tell !== undefined && !['token', 'login', 'user'].includes(given.ends as string)) {
    throw new ConfigurationError(`${OWNER}.ends`, "must be 'token', 'login' or 'user': what the function ends")
  }
  if (given.tell === undefined && given.ends !== undefined) {
    throw new ConfigurationError(`${OWNER}.ends`, 'belongs to tell')
  }
  if (given.tell !== undefined && given.clientSecret !== undefined) {
    throw new ConfigurationError(`${OWNER}.clientSecret`, 'belongs to refreshToken or accessToken')
  }
  return durationOption(`${OWNER}.timeout`, given.timeout as Duration | undefined, {
    byDefault: 5_000,
    min: 100,
    max: 30_000,
  })
}
