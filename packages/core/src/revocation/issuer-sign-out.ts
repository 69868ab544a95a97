import type { RevocationEntry } from './revocation-entry.js'

/** What a sign-out ends. */
export type SignOutKind = Extract<RevocationEntry['kind'], 'token' | 'login' | 'user'>

/** The client that what ends was issued to. */
export interface SignOutClient {
  /** `undefined` when the token does not say. */
  readonly clientId: string | undefined
  /** Of a client that has one, where the application gave it. */
  readonly clientSecret: string | undefined
}

/** How an authorization server is told of one sign-out. */
export interface SignOutNotice {
  /**
   * The entries that stand for it on a revocation list, the one that says it best first: the next serves where a token
   * has no name for that.
   */
  readonly kinds: readonly [SignOutKind, ...SignOutKind[]]
  /** One call. Resolves once the server says that it is done; to tell it twice does no harm. */
  tell(): Promise<unknown>
}

/** The ways in which one issuer is told of sign-outs. What cannot work throws a ConfigurationError, before any call. */
export interface IssuerSignOut {
  withRefreshToken(refreshToken: string, client: SignOutClient): SignOutNotice
  /** By a token that was verified here, with its scopes. */
  withAccessToken(accessToken: string, client: SignOutClient & { readonly scopes: readonly string[] }): SignOutNotice
}
