import { algorithms as supportedAlgorithms, isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import { createDiscovery } from '../keys/discovery.js'
import { checkJwks, type JsonWebKeySet } from '../keys/json-web-key.js'
import { jwksAt, jwksOfIssuer } from '../keys/jwks-document.js'
import { createRemoteJwks } from '../keys/jwks-source.js'
import { createStaticJwks } from '../keys/static-jwks.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { booleanOption, checkOptionNames, durationOption, stringListOption } from '../outcomes/option-check.js'
import { createJwtValidator } from '../tokens/jwt-validator.js'
import type { Duration } from '../vocabulary/duration.js'
import { whatIsWrongWithAddress, whatIsWrongWithIssuer } from '../vocabulary/issuer-identifier.js'
import { type BackChannelLogoutOptions, checkBackChannelLogoutOptions } from './back-channel-logout-options.js'
import { connectIntrospection } from './introspection-connection.js'
import {
  type CheckedIntrospection,
  checkIntrospectionOptions,
  type IntrospectionOptions,
} from './introspection-options.js'
import { checkCommonIssuerOptions, type CommonIssuerOptions, commonIssuerOptionNames } from './issuer-options.js'
import { genericProfile, rfc9068Profile } from './jwt-profiles.js'
import { connectRevocation } from './revocation-connection.js'
import { checkRevocationOptions, type RevocationOptions } from './revocation-options.js'
import { sharedByContext } from './shared-parts.js'
import { type TrustedIssuer, trustedIssuer } from './trusted-issuer.js'

// Of members that fit equally badly TypeScript 5 and 6 explain the last: what a forgotten audience should be told by.
/** Options of {@link authorizationServer}. Opaque tokens need introspection; there is no other way to check them. */
export type AuthorizationServerOptions = OpaqueTokenIssuerOptions | JwtIssuerOptions

interface GenericIssuerOptions extends CommonIssuerOptions {
  /** The issuer identifier, exactly as tokens carry it in `iss`: https, no query, no fragment (RFC 8414 §2). */
  readonly issuer: string
  /** This API's identifiers; a token's `aud` must hold one (RFC 9068 §4). `null` accepts any audience. */
  readonly audience: string | readonly string[] | null
  /**
   * Address of the key set, https, or the key set itself (RFC 7517 §5), which is then never fetched. Default: `jwks_uri`
   * of the issuer's metadata (RFC 8414 §3, or OpenID Connect Discovery).
   */
  readonly jwks?: string | JsonWebKeySet | undefined
  /** Accepted signature algorithms (RFC 8725 §3.1). Default RS256, ES256, EdDSA and its newer name Ed25519. */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /**
   * `'generic'` (default): what most servers issue. `'rfc9068'`: the JWT profile for access tokens to the letter, which
   * needs `typ: at+jwt`, `client_id`, `iat`, `jti` and `aud`.
   */
  readonly profile?: 'rfc9068' | 'generic' | undefined
  /** How `signOut` has the server revoke tokens (RFC 7009). Default: its endpoint is looked up. */
  readonly revocation?: RevocationOptions | undefined
  /**
   * Whose logout tokens are acted on (OpenID Connect Back-Channel Logout 1.0); the server then needs a `revocationList`.
   * Default none.
   */
  readonly backChannelLogout?: BackChannelLogoutOptions | undefined
}

/** Options of {@link authorizationServer} for an issuer that is asked about opaque tokens, too. */
export interface OpaqueTokenIssuerOptions extends GenericIssuerOptions {
  /**
   * `true` asks this issuer about tokens that are no JWT. What it answers passes the checks that the claims of a JWT
   * would, of the `'generic'` profile. Default `false`.
   */
  readonly opaqueTokens: boolean
  /** How to ask about tokens (RFC 7662). */
  readonly introspection: IntrospectionOptions
  /**
   * How long an answer about an opaque token serves that does not say when the token ends (RFC 7662 §2.2), from the
   * moment the call was sent. Default `'60s'`, range `'1s'` to `'5m'`.
   */
  readonly maxAgeWithoutExp?: Duration | undefined
}

/** Options of {@link authorizationServer} for an issuer of JWTs alone. */
export interface JwtIssuerOptions extends GenericIssuerOptions {
  /** Opaque tokens are refused. */
  readonly opaqueTokens?: false | undefined
  /** How to ask whether a token was revoked (RFC 7662). Default: nobody is asked. */
  readonly introspection?: IntrospectionOptions | undefined
  /** For opaque tokens only. */
  readonly maxAgeWithoutExp?: undefined
}

const OWNER = 'authorizationServer'
const KNOWN = [
  'issuer',
  'audience',
  'jwks',
  'algorithms',
  'profile',
  'revocation',
  'backChannelLogout',
  'opaqueTokens',
  'introspection',
  'maxAgeWithoutExp',
  ...commonIssuerOptionNames,
] as const
/**
 * Leaves an issuer the time to deliver again. Drafts of the specification had no `exp`; tokens of today mostly end sooner
 * by theirs (OpenID Connect Back-Channel Logout 1.0 §2.4).
 */
const LOGOUT_TOKEN_MAX_AGE = 600_000

/** One for each key type, so that a key without `alg` has one use. `Ed25519` is the newer name of the same EdDSA. */
const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA', 'Ed25519']

/**
 * Any OAuth 2 authorization server: its JWT access tokens are validated here, and it can be asked about them and about
 * opaque ones.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function authorizationServer(options: AuthorizationServerOptions): TrustedIssuer {
  checkOptionNames(OWNER, options, KNOWN)
  const { issuer, audience, algorithms, profile = 'generic' } = options as AuthorizationServerOptions
  const checked = checkCommonIssuerOptions(OWNER, options)
  const { allowInsecureLoopback, timeout, times } = checked
  const issuerProblem = whatIsWrongWithIssuer(issuer, allowInsecureLoopback)
  if (issuerProblem !== undefined) throw new ConfigurationError(`${OWNER}.issuer`, issuerProblem)
  if (profile !== 'rfc9068' && profile !== 'generic') {
    throw new ConfigurationError(`${OWNER}.profile`, "must be 'rfc9068' or 'generic'")
  }
  const expectation = { audience: checkAudience(audience) }
  const accepted = checkAlgorithms(algorithms)
  const jwks = checkKeySource(options.jwks, accepted, allowInsecureLoopback)
  const introspection = checkIntrospection(options, allowInsecureLoopback)
  const opaque = checkOpaqueTokens(options, introspection !== undefined)
  const revocation = checkRevocationOptions(`${OWNER}.revocation`, options.revocation, allowInsecureLoopback)
  const logoutClients = checkBackChannelLogoutOptions(`${OWNER}.backChannelLogout`, options.backChannelLogout)

  /** Both ways to check a token share what was found out about the issuer. */
  const sharedParts = sharedByContext(({ http, clock, emit, givenKeys }) => {
    const discovery = createDiscovery({ http, clock, issuer, timeout, allowInsecureLoopback })
    if (typeof jwks === 'object') {
      const keys = createStaticJwks(jwks, accepted, (index, problem) =>
        emit({ type: 'jwk-ignored', at: clock.now(), issuer, index, problem }),
      )
      return { discovery, keys }
    }
    const limits = { http, timeout }
    const source = jwks === undefined ? jwksOfIssuer(discovery, limits) : jwksAt(jwks, limits)
    const given = givenKeys?.get(issuer)
    const keys = createRemoteJwks({ issuer, algorithms: accepted, given, clock, emit, ...source, ...checked })
    return { discovery, keys }
  })

  return trustedIssuer([issuer], {
    ...times,
    carriesScopes: true,
    evidence: { ...checked.evidence, inactiveMemory: introspection?.inactiveAnswerMaxAge ?? 0 },
    opaqueTokens: opaque.opaqueTokens,
    connect(_issuer, context) {
      const { keys } = sharedParts(context)
      const tokenProfile = (profile === 'rfc9068' ? rfc9068Profile : genericProfile)(expectation)
      return {
        keys,
        validator: createJwtValidator({ issuer, keys, algorithms: accepted, profile: tokenProfile, times }),
      }
    },
    connectLive:
      introspection &&
      ((context) =>
        connectIntrospection(introspection, context, {
          ...sharedParts(context),
          ...opaque,
          issuer,
          algorithms: accepted,
          // RFC 9068 is about JWTs; an answer has its own members (RFC 7662 §2.2).
          profile: genericProfile(expectation),
          times,
          timeout,
        })),
    connectSignOut: (context) => connectRevocation(revocation, context, { ...sharedParts(context), issuer, timeout }),
    connectLogoutTokens:
      logoutClients &&
      ((context) => ({
        keys: sharedParts(context).keys,
        algorithms: accepted,
        issuer,
        clientIds: logoutClients,
        clockTolerance: times.clockTolerance,
        maxAge: LOGOUT_TOKEN_MAX_AGE,
      })),
  })
}

function checkIntrospection(
  { introspection }: AuthorizationServerOptions,
  allowInsecureLoopback: boolean,
): CheckedIntrospection | undefined {
  if (introspection === undefined) return undefined
  return checkIntrospectionOptions(`${OWNER}.introspection`, introspection, allowInsecureLoopback)
}

function checkOpaqueTokens(options: AuthorizationServerOptions, canIntrospect: boolean) {
  const opaqueTokens = booleanOption(`${OWNER}.opaqueTokens`, options.opaqueTokens)
  if (opaqueTokens && !canIntrospect) {
    throw new ConfigurationError(`${OWNER}.opaqueTokens`, 'needs introspection: nothing else can check an opaque token')
  }
  if (!opaqueTokens && options.maxAgeWithoutExp !== undefined) {
    throw new ConfigurationError(`${OWNER}.maxAgeWithoutExp`, 'is for opaque tokens; set opaqueTokens: true, too')
  }
  const range = { byDefault: 60_000, min: 1_000, max: 300_000 }
  return {
    opaqueTokens,
    maxAgeWithoutExp: durationOption(`${OWNER}.maxAgeWithoutExp`, options.maxAgeWithoutExp, range),
  }
}

function checkAudience(audience: unknown): readonly string[] | null {
  if (audience === null) return null
  return stringListOption(
    `${OWNER}.audience`,
    audience,
    "must be this API's identifier as tokens carry it in aud, or a list of them (null accepts any audience)",
  )
}

function checkAlgorithms(algorithms: AuthorizationServerOptions['algorithms']): readonly SignatureAlgorithm[] {
  if (algorithms === undefined) return DEFAULT_ALGORITHMS
  const list: readonly unknown[] = Array.isArray(algorithms) ? [...algorithms] : []
  if (list.length === 0 || !list.every(isSignatureAlgorithm)) {
    throw new ConfigurationError(
      `${OWNER}.algorithms`,
      `must be a list of one or more of ${Object.keys(supportedAlgorithms).join(', ')}`,
    )
  }
  return Object.freeze(list as readonly SignatureAlgorithm[])
}

function checkKeySource(
  jwks: unknown,
  accepted: readonly SignatureAlgorithm[],
  allowInsecureLoopback: boolean,
): string | JsonWebKeySet | undefined {
  if (jwks === undefined) return undefined
  if (typeof jwks === 'object' && jwks !== null) return checkJwks(`${OWNER}.jwks`, jwks, accepted)
  const problem = whatIsWrongWithAddress(jwks, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(`${OWNER}.jwks`, problem)
  return jwks as string
}
