import { hasLogoutEvent } from '../revocation/logout-token-claims.js'
import { isPlainTokenType, mediaType, type TokenProfile, type UnverifiedToken } from '../tokens/claim-expectations.js'
import { member } from '../vocabulary/json-object.js'
import { parseScopeClaim, parseStringArray } from '../vocabulary/scope.js'

interface AudienceExpectation {
  /** Identifiers of this API, or `null` for any audience. */
  readonly audience: readonly string[] | null
}

/** RFC 9068 §2.1, §2.2 and §4, to the letter. */
export function rfc9068Profile({ audience }: AudienceExpectation): TokenProfile {
  return {
    refusal({ header, claims }) {
      if (header.typ === undefined || mediaType(header.typ) !== 'at+jwt') return 'token-type-not-accepted'
      const required = [claims.clientId, claims.iat, claims.jti, claims.aud[0]]
      if (required.includes(undefined)) return 'claims-malformed'
      return meetsAudience(claims.aud, audience) ? undefined : 'audience-not-accepted'
    },
    identity({ payload, claims }) {
      const scope = member(payload, 'scope')
      // §2.2.3: a string. Only other servers write arrays.
      const scopes = Array.isArray(scope) ? undefined : parseScopeClaim(scope)
      return identityOf({ payload, clientId: claims.clientId, scopes })
    },
  }
}

/**
 * What most servers issue without claiming RFC 9068: `typ` may be missing, scopes may stand in `scp` and the client in
 * `azp`. Tokens that say they are of another kind are refused (RFC 8725 §3.11, §3.12).
 */
export function genericProfile({ audience }: AudienceExpectation): TokenProfile {
  return {
    refusal({ header, payload, claims }) {
      if (!isPlainTokenType(header.typ)) return 'token-type-not-accepted'
      if (looksLikeIdToken(payload)) return 'id-token-presented'
      // With a user, an audience and an end it has all that an access token needs, and `typ` is only recommended for it.
      if (hasLogoutEvent(payload)) return 'logout-token-presented'
      return meetsAudience(claims.aud, audience) ? undefined : 'audience-not-accepted'
    },
    identity({ payload, claims }) {
      const authorizedParty = member(payload, 'azp')
      if (authorizedParty !== undefined && typeof authorizedParty !== 'string') return undefined
      const scopes = parseScopeClaim(member(payload, Object.hasOwn(payload, 'scope') ? 'scope' : 'scp'))
      return identityOf({ payload, clientId: claims.clientId ?? authorizedParty, scopes })
    },
  }
}

function identityOf({
  payload,
  clientId,
  scopes,
}: {
  readonly payload: UnverifiedToken['payload']
  readonly clientId: string | undefined
  readonly scopes: readonly string[] | undefined
}) {
  const groups = parseStringArray(member(payload, 'groups'))
  return scopes === undefined || groups === undefined ? undefined : { clientId, scopes, groups }
}

/** Hash claims exist in ID tokens alone (OpenID Connect Core §3.3.2.11); `token_use` is Cognito's. */
function looksLikeIdToken(payload: UnverifiedToken['payload']): boolean {
  return Object.hasOwn(payload, 'at_hash') || Object.hasOwn(payload, 'c_hash') || member(payload, 'token_use') === 'id'
}

function meetsAudience(aud: readonly string[], accepted: readonly string[] | null): boolean {
  return accepted === null || aud.some((value) => accepted.includes(value))
}
