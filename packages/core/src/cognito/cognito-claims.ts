import type { RefusalCode } from '../outcomes/operator-codes.js'
import { isPlainTokenType, type TokenProfile } from '../tokens/claim-expectations.js'
import type { RegisteredClaims } from '../tokens/registered-claims.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { member } from '../vocabulary/json-object.js'
import { parseScopeClaim, parseStringArray } from '../vocabulary/scope.js'

export interface CognitoExpectations {
  /** App clients whose tokens are accepted; `null` for any client of the pool. */
  readonly clientIds: readonly string[] | null
  /** Accepted resource bindings (`aud`); `undefined`: the token must not be bound to another API; `null`: any. */
  readonly audience: readonly string[] | null | undefined
}

/**
 * Cognito access tokens. They have no `typ` and usually no `aud`: `token_use` and `client_id` stand in. Resource
 * binding (RFC 8707) puts an `aud` there; a token bound to some API is refused unless that API is this one.
 */
export function cognitoAccessTokenProfile({ clientIds, audience }: CognitoExpectations): TokenProfile {
  return {
    refusal({ header, payload, claims }) {
      if (!isPlainTokenType(header.typ)) return 'token-type-not-accepted'
      const tokenUse = member(payload, 'token_use')
      if (tokenUse === 'id') return 'id-token-presented'
      if (tokenUse !== 'access') return 'token-use-not-accepted'
      if (claims.clientId === undefined || claims.iat === undefined) return 'claims-malformed'
      if (clientIds !== null && !clientIds.includes(claims.clientId)) return 'client-not-accepted'
      return refusalByResourceBinding(claims, audience)
    },
    identity({ payload, claims }) {
      const scopes = parseScopeClaim(member(payload, 'scope'))
      const groups = parseStringArray(member(payload, 'cognito:groups'))
      return scopes === undefined || groups === undefined ? undefined : { clientId: claims.clientId, scopes, groups }
    },
  }
}

/**
 * Cognito ID tokens: `aud` is the app client. They never carry scopes, whatever a pre-token-generation trigger may
 * have written into a claim of that name.
 */
export function cognitoIdTokenProfile({ clientIds }: Pick<CognitoExpectations, 'clientIds'>): TokenProfile {
  return {
    refusal({ header, payload, claims }) {
      if (!isPlainTokenType(header.typ)) return 'token-type-not-accepted'
      if (member(payload, 'token_use') !== 'id') return 'token-use-not-accepted'
      if (claims.aud.length !== 1 || claims.iat === undefined) return 'claims-malformed'
      return clientIds === null || claims.aud.some((aud) => clientIds.includes(aud)) ? undefined : 'client-not-accepted'
    },
    identity({ payload, claims }) {
      const groups = parseStringArray(member(payload, 'cognito:groups'))
      return groups === undefined ? undefined : { clientId: claims.aud[0], scopes: [], groups }
    },
  }
}

/** A machine's token names no user, and its client is its subject. No trigger can add or change any of these claims. */
export function isUserToken({ claims, subject, clientId }: TokenFacts): boolean {
  return Object.hasOwn(claims, 'username') || Object.hasOwn(claims, 'cognito:username') || subject !== clientId
}

function refusalByResourceBinding(
  { aud, clientId }: RegisteredClaims,
  audience: CognitoExpectations['audience'],
): RefusalCode | undefined {
  if (audience === null) return undefined
  const accepted =
    audience === undefined ? aud.every((value) => value === clientId) : aud.some((value) => audience.includes(value))
  return accepted ? undefined : 'audience-not-accepted'
}
