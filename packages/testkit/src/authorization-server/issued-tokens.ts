import type { FakeClock } from '../fake-clock.js'
import { checkText } from '../given-values.js'
import { type JsonRecord, signJws } from '../jws/compact-jws.js'
import type { Randomness } from '../randomness.js'
import type { ServerKeys } from './server-keys.js'
import { AUTHORIZATION_SERVER, type ServerSettings } from './server-settings.js'
import { claimsOf, type JwtAccessTokenRequest, type OpaqueTokenRequest } from './token-requests.js'

/** The tokens an authorization server issues and takes back. */
export interface ServerTokens {
  /** A signed access token, `typ: at+jwt` (RFC 9068). */
  accessToken(request?: JwtAccessTokenRequest): Promise<string>
  /** An access token of random text; what it stands for is known to the server alone. */
  opaqueToken(request?: OpaqueTokenRequest): Promise<string>
  /** Revokes a token this server has issued. It takes effect at once, and there is no way back. */
  revoke(token: string): Promise<void>
}

/** What the endpoints see of them. */
export interface IssuedTokens {
  readonly tokens: ServerTokens
  /** Claims of a token that is active now; of all others `undefined`, whatever the reason. */
  active(token: string): JsonRecord | undefined
  /** The client a token was issued to; `undefined` when it was issued to none. */
  clientOf(token: string): unknown
  /** Revokes a token; of no effect when there is none. */
  revoke(token: string): void
}

interface IssuedToken {
  readonly claims: JsonRecord
  revoked: boolean
}

export interface IssuedTokensContext {
  readonly settings: ServerSettings
  readonly random: Randomness
  readonly clock: FakeClock
  readonly keys: ServerKeys
  assertOpen(): void
}

export function createIssuedTokens({ settings, random, clock, keys, assertOpen }: IssuedTokensContext): IssuedTokens {
  /** By their whole text: whatever was changed in a token makes it an unknown one. */
  const issued = new Map<string, IssuedToken>()

  function remember(token: string, claims: JsonRecord): string {
    issued.set(token, { claims, revoked: false })
    return token
  }

  return {
    tokens: {
      async accessToken(request = {}) {
        assertOpen()
        const claims = claimsOf('accessToken', settings, random, withLifetime(request), clock.now())
        const { kid, alg } = keys.current()
        return remember(await signJws({ alg, kid, typ: 'at+jwt' }, claims, keys.current()), claims)
      },
      async opaqueToken(request = {}) {
        assertOpen()
        const claims = claimsOf('opaqueToken', settings, random, request, clock.now())
        return remember(random.bytes('opaque token', 32).toString('base64url'), claims)
      },
      async revoke(token) {
        assertOpen()
        checkText(AUTHORIZATION_SERVER.maker, 'revoke takes a token', token)
        const known = issued.get(token)
        if (known === undefined) {
          throw new Error(`${AUTHORIZATION_SERVER.maker}: revoke takes a token that this server has issued`)
        }
        known.revoked = true
      },
    },
    active(token) {
      const known = issued.get(token)
      return known === undefined || known.revoked || !isInTime(known.claims, clock.now()) ? undefined : known.claims
    },
    clientOf: (token) => issued.get(token)?.claims['client_id'],
    revoke(token) {
      const known = issued.get(token)
      if (known !== undefined) known.revoked = true
    },
  }
}

/** RFC 9068 §2.2: a JWT access token has `exp`. */
function withLifetime(request: OpaqueTokenRequest): OpaqueTokenRequest {
  if (request?.expiresIn !== null) return request
  throw new TypeError(
    `${AUTHORIZATION_SERVER.maker}: a JWT access token expires; only opaqueToken takes expiresIn: null`,
  )
}

function isInTime({ exp, nbf }: JsonRecord, now: number): boolean {
  const seconds = now / 1_000
  return !(typeof exp === 'number' && exp <= seconds) && !(typeof nbf === 'number' && nbf > seconds)
}
