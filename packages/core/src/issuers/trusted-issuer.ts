import { ConfigurationError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import type { Clock } from '../transport/clock.js'
import type { HttpClient } from '../transport/http-client.js'
import type { JwksSource } from '../keys/jwks-source.js'
import type { JwtValidator } from '../tokens/jwt-validator.js'

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
}

export interface IssuerDefinition {
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Whether its tokens can carry scopes; a Cognito ID token cannot. */
  readonly carriesScopes: boolean
  /** Starts the parts that hold state, once per server and issuer identifier. */
  connect(issuer: string, context: IssuerContext): { readonly keys: JwksSource; readonly validator: JwtValidator }
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
