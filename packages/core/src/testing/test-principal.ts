import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import { isScopeToken } from '../vocabulary/scope.js'

/** Who a test says is calling. */
export interface TestPrincipal {
  /** The user, or the client where there is none: `principal.subject`. */
  readonly sub: string
  /** `principal.clientId`. Default `'test-client'`. */
  readonly clientId?: string
  /** `principal.scopes`. Default none. */
  readonly scopes?: readonly string[]
  /** `principal.groups`. Default none. */
  readonly groups?: readonly string[]
  /** `principal.issuer`; a policy with `issuers` must name it. Default `'https://issuer.test'`. */
  readonly issuer?: string
  /** How the user logged in, for policies with `acrValues`. Default: such policies refuse. */
  readonly acr?: string
  /** When the user logged in, in milliseconds since the epoch, for policies with `maxAge`. Default: such policies refuse. */
  readonly authTime?: number
  /** Further members of `principal.claims`, or other values for those it has. Default none. */
  readonly claims?: Readonly<Record<string, unknown>>
}

const OWNER = 'asPrincipal'
const MEMBERS = ['sub', 'clientId', 'scopes', 'groups', 'issuer', 'acr', 'authTime', 'claims']
const LIFETIME_MS = 3_600_000

/** What a token of that principal, issued now and good for an hour, would say. */
export function factsOfTestPrincipal(given: TestPrincipal, now: number): TokenFacts {
  checkOptionNames(OWNER, given, MEMBERS)
  const { sub, clientId = 'test-client', scopes = [], groups = [], issuer = 'https://issuer.test', claims = {} } = given
  const { acr, authTime } = given
  for (const [name, value] of Object.entries({ sub, clientId, issuer })) {
    if (typeof value !== 'string' || value === '') {
      throw new ConfigurationError(`${OWNER}.${name}`, 'must be a non-empty string')
    }
  }
  for (const [name, list] of Object.entries({ scopes, groups })) {
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
      throw new ConfigurationError(`${OWNER}.${name}`, 'must be a list of strings')
    }
  }
  if (!scopes.every(isScopeToken)) {
    throw new ConfigurationError(`${OWNER}.scopes`, "must hold scope tokens (RFC 6749 §3.3), such as 'orders/read'")
  }
  if (acr !== undefined && (typeof acr !== 'string' || acr === '')) {
    throw new ConfigurationError(`${OWNER}.acr`, 'must be a non-empty string')
  }
  if (authTime !== undefined && !(typeof authTime === 'number' && authTime <= now)) {
    throw new ConfigurationError(`${OWNER}.authTime`, 'must be milliseconds since the epoch, and not in the future')
  }
  const issuedAt = Math.floor(now / 1_000) * 1_000
  const expiresAt = issuedAt + LIFETIME_MS
  const standard = {
    iss: issuer,
    sub,
    client_id: clientId,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    iat: issuedAt / 1_000,
    exp: expiresAt / 1_000,
    ...(acr !== undefined && { acr }),
    ...(authTime !== undefined && { auth_time: Math.floor(authTime / 1_000) }),
  }
  return Object.freeze({
    issuer,
    subject: sub,
    clientId,
    scopes: Object.freeze([...scopes]),
    groups: Object.freeze([...groups]),
    claims: Object.freeze({ ...standard, ...claims }) as AccessTokenClaims,
    expiresAt,
    issuedAt,
    authenticatedAt: authTime,
    acr,
  })
}
