import { algorithms as supportedAlgorithms, isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import type { JsonWebKeySet } from '../keys/json-web-key.js'
import { jwksAt, jwksOfIssuer } from '../keys/jwks-document.js'
import { createRemoteJwks, type JwksSource } from '../keys/jwks-source.js'
import { createStaticJwks, whatIsWrongWithJwks } from '../keys/static-jwks.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, stringListOption } from '../outcomes/option-check.js'
import { createJwtValidator } from '../tokens/jwt-validator.js'
import { whatIsWrongWithAddress, whatIsWrongWithIssuer } from '../vocabulary/issuer-identifier.js'
import { checkCommonIssuerOptions, type CommonIssuerOptions, commonIssuerOptionNames } from './issuer-options.js'
import { genericProfile, rfc9068Profile } from './jwt-profiles.js'
import { type IssuerContext, type TrustedIssuer, trustedIssuer } from './trusted-issuer.js'

/** Options of {@link authorizationServer}. */
export interface AuthorizationServerOptions extends CommonIssuerOptions {
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
}

const OWNER = 'authorizationServer'
const KNOWN = ['issuer', 'audience', 'jwks', 'algorithms', 'profile', ...commonIssuerOptionNames] as const
const TO_COME = ['opaqueTokens', 'introspection', 'maxAgeWithoutExp'] as const

/** One for each key type, so that a key without `alg` has one use. `Ed25519` is the newer name of the same EdDSA. */
const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA', 'Ed25519']

/**
 * Any OAuth 2 authorization server that issues JWT access tokens.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function authorizationServer(options: AuthorizationServerOptions): TrustedIssuer {
  checkOptionNames(OWNER, options, KNOWN, TO_COME)
  const { issuer, jwks, audience, algorithms, profile = 'generic' } = options
  const checked = checkCommonIssuerOptions(OWNER, options)
  const issuerProblem = whatIsWrongWithIssuer(issuer, checked.allowInsecureLoopback)
  if (issuerProblem !== undefined) throw new ConfigurationError(`${OWNER}.issuer`, issuerProblem)
  if (profile !== 'rfc9068' && profile !== 'generic') {
    throw new ConfigurationError(`${OWNER}.profile`, "must be 'rfc9068' or 'generic'")
  }
  const tokenProfile = (profile === 'rfc9068' ? rfc9068Profile : genericProfile)({ audience: checkAudience(audience) })
  const accepted = checkAlgorithms(algorithms)
  checkJwks(jwks, accepted, checked.allowInsecureLoopback)

  function connectKeys({ http, clock, emit }: IssuerContext): JwksSource {
    if (typeof jwks === 'object') {
      return createStaticJwks(jwks, accepted, (index, problem) =>
        emit({ type: 'jwk-ignored', at: clock.now(), issuer, index, problem }),
      )
    }
    const limits = { http, ...checked }
    const fetchDocument = jwks === undefined ? jwksOfIssuer(issuer, limits) : jwksAt(jwks, limits)
    return createRemoteJwks({ issuer, algorithms: accepted, fetchDocument, clock, emit, ...checked })
  }

  return trustedIssuer([issuer], {
    clockTolerance: checked.times.clockTolerance,
    carriesScopes: true,
    evidence: { ...checked.evidence, inactiveMemory: 0 },
    opaqueTokens: false,
    connect(_issuer, context) {
      const keys = connectKeys(context)
      const { times } = checked
      return {
        keys,
        validator: createJwtValidator({ issuer, keys, algorithms: accepted, profile: tokenProfile, times }),
      }
    },
  })
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

function checkJwks(jwks: unknown, accepted: readonly SignatureAlgorithm[], allowInsecureLoopback: boolean): void {
  if (jwks === undefined) return
  const problem =
    typeof jwks === 'object' && jwks !== null
      ? whatIsWrongWithJwks(jwks as JsonWebKeySet, accepted)
      : whatIsWrongWithAddress(jwks, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(`${OWNER}.jwks`, problem)
}
