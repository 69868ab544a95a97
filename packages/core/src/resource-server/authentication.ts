import type { IssuerRegistry } from '../issuers/issuer-registry.js'
import { isRefusalCode, type OperatorCode } from '../outcomes/operator-codes.js'
import { parseCompactJws } from '../tokens/compact-jws.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { TokenKey } from '../tokens/token-key.js'
import type { Clock } from '../transport/clock.js'
import { asciiBytes } from '../vocabulary/base64url.js'
import { member } from '../vocabulary/json-object.js'

/** What the credentials of a request came to, before any policy is known. */
export type Authentication =
  /** `issuer`: the configured one that the token names, if any; nothing proves that it issued the token. */
  | { readonly kind: 'failed'; readonly reason: OperatorCode; readonly issuer?: string | undefined }
  | { readonly kind: 'validated'; readonly token: string; readonly key: TokenKey; readonly facts: TokenFacts }
  /** Only the issuer can read it; which one that is, the policy may have to say. */
  | { readonly kind: 'opaque'; readonly token: string; readonly key: TokenKey }

/** Whether nothing was found out, so that it may be tried again. */
export function couldNotTell(authentication: Authentication): boolean {
  return authentication.kind === 'failed' && !isRefusalCode(authentication.reason)
}

/** The characters of a bearer token (RFC 6750 §2.1). */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/
/** Three parts of which the first begins a JSON object in base64url: meant to be a JWS, and broken if it is none. */
const LIKE_A_JWS = /^e[wy][^.]*\.[^.]*\.[^.]*$/

/** Parses a token and validates it as far as that can be done here. */
export function createAuthenticator({
  issuers,
  maxTokenBytes,
  clock,
  isClosed,
}: {
  readonly issuers: IssuerRegistry
  readonly maxTokenBytes: number
  readonly clock: Clock
  readonly isClosed: () => boolean
}): (token: string) => Promise<Authentication> {
  const acceptsOpaqueTokens = issuers.ofOpaqueTokens([]).length > 0

  return async (token) => {
    if (isClosed()) return { kind: 'failed', reason: 'resource-server-closed' }
    // Callers in plain JavaScript may hand in anything.
    if (typeof token !== 'string') return { kind: 'failed', reason: 'token-malformed' }
    const jws = parseCompactJws(token, maxTokenBytes)
    if (jws === 'token-malformed' && acceptsOpaqueTokens && BEARER_TOKEN.test(token) && !LIKE_A_JWS.test(token)) {
      // What a JWT is signed over would pass for an opaque token of the same name, and needs no signature as that. A space
      // begins no signing input.
      return { kind: 'opaque', token, key: new TokenKey(asciiBytes(` ${token}`)) }
    }
    if (typeof jws === 'string') return { kind: 'failed', reason: jws }
    const iss = member(jws.payload, 'iss')
    const issuer = typeof iss === 'string' ? issuers.select(iss) : undefined
    if (issuer === undefined) return { kind: 'failed', reason: 'issuer-not-trusted' }
    const facts = await issuer.validator.validate(jws, clock.now())
    if (typeof facts === 'string') return { kind: 'failed', reason: facts, issuer: issuer.identifier }
    return { kind: 'validated', token, key: new TokenKey(jws.signingInput), facts }
  }
}
