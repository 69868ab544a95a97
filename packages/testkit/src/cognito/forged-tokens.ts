import { createHmac, createPublicKey } from 'node:crypto'
import { decodeJws, type JsonRecord } from '../jws/compact-jws.js'
import { createSigningKey, type SigningKey } from '../jws/signing-key.js'
import { signingInput, signJws } from './cognito-jws.js'
import type { Pool } from './pool.js'
import { randomAddress } from './pool-address.js'
import { accessTokenClaims, idTokenClaims } from './token-claims.js'
import { type AccessTokenRequest, checkAccessTokenRequest } from './token-requests.js'

/**
 * Access tokens that an API must refuse, each wrong in one way and right in all others. Every method takes what
 * `accessToken` takes.
 */
export interface ForgedTokens<Scope extends string = string> {
  /** Signed by a key that is not the pool's, under the name of the one that is. */
  wrongKey(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Signed by a key the pool never published. */
  unknownKid(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Signed properly; the claims were changed afterwards. */
  tampered(request?: AccessTokenRequest<Scope>): Promise<string>
  /** `alg: none`, no signature (CVE-2015-9235 and its like). */
  algNone(request?: AccessTokenRequest<Scope>): Promise<string>
  /** `alg: HS256`, with the pool's public key as the secret. */
  hs256WithPublicKey(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Expired an hour ago. */
  expired(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Valid from an hour on (`nbf`). */
  notYetValid(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Issued an hour from now (`iat`). */
  issuedInTheFuture(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Without `exp`. */
  withoutExpiry(request?: AccessTokenRequest<Scope>): Promise<string>
  /** An ID token of the pool. */
  idToken(request?: AccessTokenRequest<Scope>): Promise<string>
  /** A genuine token of another pool. */
  otherPool(request?: AccessTokenRequest<Scope>): Promise<string>
  /** A token of this pool for an app client of somebody else. */
  otherClient(request?: AccessTokenRequest<Scope>): Promise<string>
  /** With a `crit` header that names an extension nobody knows (RFC 7515 §4.1.11). */
  critical(request?: AccessTokenRequest<Scope>): Promise<string>
  /** Bound to a client certificate (`cnf`, RFC 8705 §3.1); as a plain bearer token it proves nothing. */
  senderConstrained(request?: AccessTokenRequest<Scope>): Promise<string>
}

const HOUR = 3_600

function shifted(claims: JsonRecord, seconds: number): JsonRecord {
  const moved = (name: string) => (claims[name] as number) + seconds
  return { iat: moved('iat'), auth_time: moved('auth_time'), exp: moved('exp') }
}

export function forgedTokens(pool: Pool, assertOpen: () => void): ForgedTokens {
  const { issuer, random, keys, logins } = pool
  const accessKey = keys.access
  const strangersKid = () => random.bytes("stranger's kid", 32).toString('base64')
  /** A forgery looks like a token of a login that there was, so that the pool itself may be asked about it. */
  function claimsOf(kind: keyof ForgedTokens, request: AccessTokenRequest = {}): JsonRecord {
    assertOpen()
    const claims = accessTokenClaims(pool, request, `forged.${kind}`)
    logins.enter(claims)
    return claims
  }
  /** A key of somebody else. RSA keys are slow to make, so that one serves all forgeries. */
  let strangersKey: Promise<SigningKey> | undefined
  const stranger = () => (strangersKey ??= createSigningKey('RS256', strangersKid()))
  const header = (more: JsonRecord = {}) => ({ kid: accessKey().kid, alg: 'RS256', ...more })
  /** Signed by the pool itself, with claims the pool would not write. */
  const issued = (claims: JsonRecord, more?: JsonRecord) => signJws(header(more), claims, accessKey())

  return {
    async wrongKey(request) {
      return signJws(header(), claimsOf('wrongKey', request), await stranger())
    },
    async unknownKid(request) {
      return signJws({ kid: strangersKid(), alg: 'RS256' }, claimsOf('unknownKid', request), await stranger())
    },
    async tampered(request) {
      const claims = claimsOf('tampered', request)
      const { signature } = decodeJws(await issued(claims))
      return `${signingInput(header(), { ...claims, sub: 'somebody-else' })}.${signature}`
    },
    async algNone(request) {
      return `${signingInput({ alg: 'none' }, claimsOf('algNone', request))}.`
    },
    async hs256WithPublicKey(request) {
      const input = signingInput(header({ alg: 'HS256' }), claimsOf('hs256WithPublicKey', request))
      const secret = createPublicKey(accessKey().privateKey).export({ format: 'pem', type: 'spki' })
      return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    },
    async expired(request) {
      const claims = claimsOf('expired', request)
      const lifetime = (claims['exp'] as number) - (claims['iat'] as number)
      return issued({ ...claims, ...shifted(claims, -lifetime - HOUR) })
    },
    async notYetValid(request) {
      const claims = claimsOf('notYetValid', request)
      return issued({ ...claims, nbf: (claims['iat'] as number) + HOUR, exp: (claims['exp'] as number) + HOUR })
    },
    async issuedInTheFuture(request) {
      const claims = claimsOf('issuedInTheFuture', request)
      return issued({ ...claims, ...shifted(claims, HOUR) })
    },
    async withoutExpiry(request) {
      const { exp: _, ...claims } = claimsOf('withoutExpiry', request)
      return issued(claims)
    },
    async idToken(request = {}) {
      assertOpen()
      checkAccessTokenRequest(pool, 'forged.idToken', request)
      const { scopes: _, resource: __, ...rest } = request
      const claims = idTokenClaims(pool, rest)
      const key = await keys.id()
      return signJws({ kid: key.kid, alg: 'RS256' }, claims, key)
    },
    async otherPool(request) {
      const claims = { ...claimsOf('otherPool', request), iss: issuer.ofAnother(randomAddress(random)) }
      return signJws({ kid: strangersKid(), alg: 'RS256' }, claims, await stranger())
    },
    async otherClient(request) {
      return issued({ ...claimsOf('otherClient', request), client_id: 'somebody-elses-client' })
    },
    async critical(request) {
      return issued(claimsOf('critical', request), { crit: ['urn:example:unknown'], 'urn:example:unknown': true })
    },
    async senderConstrained(request) {
      const thumbprint = Buffer.alloc(32, 7).toString('base64url')
      return issued({ ...claimsOf('senderConstrained', request), cnf: { 'x5t#S256': thumbprint } })
    },
  }
}
