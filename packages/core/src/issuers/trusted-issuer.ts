import { ConfigurationError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import type { Clock } from '../transport/clock.js'
import type { HttpClient } from '../transport/http-client.js'
import type { JwksSource } from '../keys/jwks-source.js'
import type { GivenKeySet } from '../keys/key-snapshot.js'
import type { IssuerSignOut } from '../revocation/issuer-sign-out.js'
import type { LogoutTokenIssuer } from '../revocation/logout-token.js'
import type { TimeExpectations } from '../tokens/claim-expectations.js'
import type { JwtValidator } from '../tokens/jwt-validator.js'
import type { LiveCheck } from '../tokens/live-check.js'

/** Shared by every copy of this module, so that an issuer made by one entry is known to another. */
const DEFINITION: unique symbol = Symbol.for('@tokenward/core.issuer-definition')

/** An authorization server whose tokens are accepted, made by `cognitoUserPool` or `authorizationServer`. */
export interface TrustedIssuer {
  /** The issuer identifiers its tokens may carry in `iss`; compared as exact strings. */
  readonly issuers: readonly string[]
  /** @internal */
  readonly [DEFINITION]: IssuerDefinition
}

/** What an issuer needs of the server it is used in. */
export interface IssuerContext {
  readonly http: HttpClient
  readonly clock: Clock
  readonly emit: Emit
  /** Key sets from before the server began, by the issuers they belong to. */
  readonly givenKeys?: ReadonlyMap<string, GivenKeySet> | undefined
}

/** The times are those its tokens are held to at every decision. */
export interface IssuerDefinition extends TimeExpectations {
  /** Whether its tokens can carry scopes; a Cognito ID token cannot. */
  readonly carriesScopes: boolean
  /** What bends the evidence rule for its tokens. */
  readonly evidence: IssuerEvidence
  /** Whether it is asked about tokens that are no JWT. */
  readonly opaqueTokens: boolean
  /** Starts the parts that hold state, once per server and issuer identifier. */
  connect(issuer: string, context: IssuerContext): { readonly keys: JwksSource; readonly validator: JwtValidator }
  /** Starts the way to ask about its tokens, once per server; absent where there is none. */
  readonly connectLive?: ((context: IssuerContext) => LiveCheck) | undefined
  /** Starts the ways to tell it of sign-outs, once per server; absent where there is none. */
  readonly connectSignOut?: ((context: IssuerContext) => IssuerSignOut) | undefined
  /** Brings what its logout tokens are checked with, once per server; absent where none are expected. */
  readonly connectLogoutTokens?: ((context: IssuerContext) => LogoutTokenIssuer) | undefined
}

/** Facts about an issuer that nobody outside it can find out. */
export interface IssuerEvidence {
  /** Milliseconds until every replica of it knows of a revocation. */
  readonly propagationDelay: number
  /** Whether it checks the session when it issues, so that the age of a token proves something. */
  readonly issuedAtIsEvidence: boolean
  /** The longest `exp − iat` of its tokens, in milliseconds; `undefined` when nobody has said. */
  readonly maxTokenLifetime: number | undefined
  /** Milliseconds an inactive answer about a token of unknown age is remembered. */
  readonly inactiveMemory: number
}

export function trustedIssuer(issuers: readonly string[], definition: IssuerDefinition): TrustedIssuer {
  // Not enumerable: a spread copy, whose members may have been changed, is no issuer.
  const hidden = { [DEFINITION]: { value: Object.freeze(definition) } }
  return Object.freeze(Object.defineProperties({ issuers: Object.freeze([...issuers]) }, hidden) as TrustedIssuer)
}

export function definitionOf(issuer: unknown, option: string): IssuerDefinition {
  const definition = (issuer as { [DEFINITION]?: IssuerDefinition } | null | undefined)?.[DEFINITION]
  if (definition === undefined) {
    throw new ConfigurationError(option, 'must be made by cognitoUserPool() or authorizationServer()')
  }
  return definition
}
