import type { IssuerRegistry } from '../issuers/issuer-registry.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { isRefusalCode, type OperatorCode } from '../outcomes/operator-codes.js'
import { textClaim } from '../revocation/token-names.js'
import { type CompactJws, parseCompactJws } from '../tokens/compact-jws.js'
import { KnownHeaders } from '../tokens/known-headers.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type NameMemory, TokenKey } from '../tokens/token-key.js'
import type { VerifiedToken } from '../tokens/verified-token.js'
import { type RememberedToken, VerifiedTokens } from '../tokens/verified-tokens.js'
import type { Instant } from '../transport/clock.js'
import { type JsonObject, member, parseJsonObject } from '../vocabulary/json-object.js'
import { isBearerToken } from './bearer-credentials.js'

/** What the credentials of a request came to, before any policy is known. */
export type Authentication =
  /** `issuer`: the configured one that the token names, if any; nothing proves that it issued the token. */
  | { readonly kind: 'failed'; readonly reason: OperatorCode; readonly issuer?: string | undefined }
  /** Without `token` only its claims came, which somebody else has verified. */
  | {
      readonly kind: 'validated'
      readonly token: string | undefined
      readonly key: TokenKey
      readonly facts: TokenFacts
      /** What its signature was checked with; `undefined` where that was done elsewhere. */
      readonly verified: VerifiedToken | undefined
    }
  /** Only the issuer can read it; which one that is, the policy may have to say. */
  | { readonly kind: 'opaque'; readonly token: string; readonly key: TokenKey }

/** Credentials that may be granted something. */
export type Authenticated = Exclude<Authentication, { kind: 'failed' }>

/** Whether nothing was found out, so that it may be tried again. */
export function couldNotTell(authentication: Authentication): boolean {
  return authentication.kind === 'failed' && !isRefusalCode(authentication.reason)
}

/** Three parts of which the first begins a JSON object in base64url: meant to be a JWS, and broken if it is none. */
const LIKE_A_JWS = /^e[wy][^.]*\.[^.]*\.[^.]*$/

interface AuthenticatorParts {
  readonly issuers: IssuerRegistry
  readonly maxTokenBytes: number
  /** Tokens whose verification is remembered. */
  readonly maxVerifiedTokens: number
  readonly isClosed: () => boolean
}

/** Parses a token and validates it as far as that can be done here. */
export interface Authenticator {
  /** At once where nothing has to be waited for. `now`: when the token came. */
  authenticate(token: string, now: Instant): Authentication | Promise<Authentication>
  /**
   * What an earlier authentication is by now: validated anew once the key that proved it is not at hand any more, since a
   * key that is withdrawn ends what was let in by it.
   */
  renew(authentication: Authentication, now: Instant): Authentication | Promise<Authentication>
  /** Whether nothing has become of its key since. Asks nobody. */
  hasKey(authentication: Authentication, now: Instant): boolean
  /** Takes claims that somebody else has verified. */
  authenticateClaims(claims: Readonly<Record<string, unknown>>, now: Instant): Authentication
  /** Forgets the tokens it has seen. */
  close(): void
}

export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const { issuers, maxTokenBytes, maxVerifiedTokens, isClosed } = parts
  const acceptsOpaqueTokens = issuers.ofOpaqueTokens([]).length > 0
  const headers = new KnownHeaders()
  const verifiedTokens = maxVerifiedTokens === 0 ? undefined : new VerifiedTokens(maxVerifiedTokens)

  /** Facts are remembered, and whether they still hold is found out each time. What no longer does is validated anew. */
  function fromMemory(token: string, known: RememberedToken | undefined, now: Instant): Authentication | undefined {
    if (known === undefined) return undefined
    const issuer = issuers.select(known.facts.issuer)
    if (issuer?.validator.stillHolds(known, now) === true) {
      return validated(token, token.slice(0, token.lastIndexOf('.')), known, known)
    }
    verifiedTokens?.delete(token)
    return undefined
  }

  function validate(token: string, now: Instant): Authentication | Promise<Authentication> {
    if (isClosed()) return failed('resource-server-closed')
    const jws = parseCompactJws(token, maxTokenBytes, headers)
    if (jws === 'token-malformed' && acceptsOpaqueTokens && isBearerToken(token) && !LIKE_A_JWS.test(token)) {
      // What a JWT is signed over would pass for an opaque token of the same name, and needs no signature as that. A space
      // begins no signing input.
      return { kind: 'opaque', token, key: new TokenKey(` ${token}`) }
    }
    if (typeof jws === 'string') return failed(jws)
    const iss = member(jws.payload, 'iss')
    const issuer = typeof iss === 'string' ? issuers.select(iss) : undefined
    if (issuer === undefined) return failed('issuer-not-trusted')
    const validation = issuer.validator.validate(jws, now)
    const land = (landed: VerifiedToken | OperatorCode) => settle(token, jws, issuer.identifier, landed)
    return validation instanceof Promise ? validation.then(land) : land(validation)
  }

  function settle(
    token: string,
    { signingInput, header }: CompactJws,
    issuer: string,
    verified: VerifiedToken | OperatorCode,
  ): Authentication | Promise<Authentication> {
    if (typeof verified === 'string') return failed(verified, issuer)
    const authentication = validated(token, signingInput, verified)
    // Nothing may be remembered any more once the memory was emptied for good.
    if (isClosed()) return authentication
    headers.add(signingInput, header)
    const added = verifiedTokens?.add(token, verified)
    return added === undefined ? authentication : added.then(() => authentication)
  }

  function authenticate(token: string, now: Instant): Authentication | Promise<Authentication> {
    // Callers in plain JavaScript may hand in anything.
    if (typeof token !== 'string') return failed('token-malformed')
    const known = verifiedTokens?.find(token)
    if (known instanceof Promise) return known.then((found) => fromMemory(token, found, now) ?? validate(token, now))
    return fromMemory(token, known, now) ?? validate(token, now)
  }

  function hasKey(authentication: Authentication, now: Instant): boolean {
    if (authentication.kind !== 'validated' || authentication.verified === undefined) return true
    return issuers.select(authentication.facts.issuer)?.validator.hasKey(authentication.verified, now) === true
  }

  return {
    authenticate,
    hasKey,
    renew(authentication, now) {
      if (hasKey(authentication, now)) return authentication
      return authenticate((authentication as { readonly token: string }).token, now)
    },
    authenticateClaims(claims, now) {
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
        throw new ConfigurationError('claims', 'must be an object with the claims of one token')
      }
      if (isClosed()) return failed('resource-server-closed')
      const payload = jsonCopyOf(claims)
      if (payload === undefined) return failed('claims-malformed')
      const iss = member(payload, 'iss')
      const issuer = typeof iss === 'string' ? issuers.select(iss) : undefined
      if (issuer === undefined) return failed('issuer-not-trusted')
      const facts = issuer.validator.factsOfClaims(payload, now)
      if (typeof facts === 'string') return failed(facts, issuer.identifier)
      // The empty text is no token's name, so that nothing was ever remembered under it.
      return { kind: 'validated', token: undefined, key: new TokenKey(''), facts, verified: undefined }
    },
    close() {
      verifiedTokens?.close()
    },
  }
}

/** Frozen, and what the parser of tokens would not let through is not let through here. */
function jsonCopyOf(claims: Readonly<Record<string, unknown>>): JsonObject | undefined {
  try {
    return parseJsonObject(JSON.stringify(claims))
  } catch {
    return undefined
  }
}

function failed(reason: OperatorCode, issuer?: string): Authentication {
  return { kind: 'failed', reason, issuer }
}

function validated(token: string, signingInput: string, verified: VerifiedToken, memory?: NameMemory): Authentication {
  const { facts } = verified
  // Of the claims that were signed, so that it is the same whenever the token comes.
  const key = new TokenKey(signingInput, textClaim(facts.claims, 'jti'), memory)
  return { kind: 'validated', token, key, facts, verified }
}
