import {
  type CommonIssuerOptions,
  checkCommonIssuerOptions,
  commonIssuerOptionNames,
} from '../issuers/issuer-options.js'
import { type TrustedIssuer, trustedIssuer } from '../issuers/trusted-issuer.js'
import { jwksAt } from '../keys/jwks-document.js'
import { createRemoteJwks } from '../keys/jwks-source.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, stringListOption } from '../outcomes/option-check.js'
import { createJwtValidator } from '../tokens/jwt-validator.js'
import { whatIsWrongWithIssuer } from '../vocabulary/issuer-identifier.js'
import { cognitoAccessTokenProfile, cognitoIdTokenProfile } from './cognito-claims.js'
import { type CognitoLivenessOptions, checkLivenessOptions, createCognitoLiveness } from './cognito-liveness.js'
import { cognitoSignOutWays, createCognitoSignOut } from './cognito-sign-out.js'
import { createTokenRevocationWatch } from './token-revocation-off.js'
import { cognitoApiOfRegion, issuersOfUserPool, regionOfUserPool } from './user-pool-id.js'

/** Options of {@link cognitoUserPool}. */
export interface CognitoUserPoolOptions extends CommonIssuerOptions {
  /** The pool, such as `'eu-west-1_AbCdEf123'` (Amazon Cognito API, `UserPoolType.Id`); of any partition. */
  readonly userPoolId: string
  /**
   * App client ids whose tokens are accepted: `client_id` of access tokens, `aud` of ID tokens (Amazon Cognito, "Using
   * the access token"). `null` accepts every client of the pool.
   */
  readonly clientId: string | readonly string[] | null
  /** Which tokens, by their `token_use`: `'access'` (default), or `'id'` for ID tokens, which carry no scopes. */
  readonly tokenUse?: 'access' | 'id' | undefined
  /**
   * Resource bindings accepted in `aud` (RFC 8707); the token must then carry one. Default: a token bound to anything
   * but its own client is refused, since it was minted for another API. `null` accepts any. Access tokens only.
   */
  readonly audience?: string | readonly string[] | null | undefined
  /**
   * The pool's domain, or the custom one, as an https URL such as `'https://auth.example.com'` (Amazon Cognito,
   * "Configuring a user pool domain"). With it, liveness also works for tokens that have the scope `openid` and not
   * `aws.cognito.signin.user.admin`. Default: none.
   */
  readonly domain?: string | undefined
  /**
   * Limits on the calls that ask Cognito whether a token is still good: `GetUser`, or `/oauth2/userInfo` of the `domain`
   * (Amazon Cognito has no RFC 7662 endpoint). They are made for routes with a `maxRevocationLag` alone. Default: at most
   * 20 a second, 40 at once. `false`: never. Access tokens only.
   */
  readonly liveness?: CognitoLivenessOptions | false | undefined
  /**
   * Where to fetch keys and call `GetUser`, in place of the addresses of AWS: an https URL, such as an emulator's. `iss`
   * is compared as before. Default: `<issuer>/.well-known/jwks.json` and `https://cognito-idp.<region>.amazonaws.com/`.
   */
  readonly endpoint?: string | undefined
  /**
   * Issuer identifiers in place of the pool's own two (ORIGINAL and UPDATED format), such as those of a replica Region.
   * Each ends with `/<userPoolId>`.
   */
  readonly issuers?: readonly string[] | undefined
}

const OWNER = 'cognitoUserPool'
const KNOWN = [
  'userPoolId',
  'clientId',
  'tokenUse',
  'audience',
  'domain',
  'liveness',
  'endpoint',
  'issuers',
  ...commonIssuerOptionNames,
] as const
const ALGORITHMS = ['RS256'] as const
/** `AccessTokenValidity` and `IdTokenValidity` of an app client are at most a day. */
const LONGEST_TOKEN_LIFETIME = 86_400_000

/**
 * An Amazon Cognito user pool.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function cognitoUserPool(options: CognitoUserPoolOptions): TrustedIssuer {
  checkOptionNames(OWNER, options, KNOWN)
  const { userPoolId, tokenUse = 'access' } = options
  const region = regionOfUserPool(userPoolId)
  if (region === undefined) {
    const missing = userPoolId === undefined ? '; it is undefined' : ''
    throw new ConfigurationError(
      `${OWNER}.userPoolId`,
      `must be a user pool id such as 'eu-west-1_AbCdEf123'${missing}`,
    )
  }
  const checked = checkCommonIssuerOptions(OWNER, options, LONGEST_TOKEN_LIFETIME)
  const clientIds = checkClientId(options.clientId)
  const audience = checkAudience(options.audience)
  if (tokenUse !== 'access' && tokenUse !== 'id') {
    throw new ConfigurationError(`${OWNER}.tokenUse`, "must be 'access' or 'id'")
  }
  if (tokenUse === 'id' && audience !== undefined) {
    throw new ConfigurationError(`${OWNER}.audience`, "applies to access tokens; with tokenUse 'id' use clientId")
  }
  const limit = checkLivenessOptions(`${OWNER}.liveness`, options.liveness)
  if (tokenUse === 'id' && limit !== undefined && options.liveness !== undefined) {
    throw new ConfigurationError(
      `${OWNER}.liveness`,
      'applies to access tokens; Cognito cannot be asked about ID tokens',
    )
  }
  const issuers = checkIssuers(options.issuers, userPoolId) ?? issuersOfUserPool(userPoolId, region)
  const endpoint = checkBase('endpoint', options.endpoint, checked.allowInsecureLoopback)
  const domain = checkBase('domain', options.domain, checked.allowInsecureLoopback)
  const api = endpoint === undefined ? cognitoApiOfRegion(region) : `${endpoint}/`
  const profile =
    tokenUse === 'access' ? cognitoAccessTokenProfile({ clientIds, audience }) : cognitoIdTokenProfile({ clientIds })

  const watchTokenRevocation = createTokenRevocationWatch()

  return trustedIssuer(issuers, {
    ...checked.times,
    carriesScopes: tokenUse === 'access',
    evidence: { ...checked.evidence, inactiveMemory: 0 },
    opaqueTokens: false,
    connect(issuer, context) {
      const { http, clock, emit, givenKeys } = context
      const base = endpoint === undefined ? issuer : `${endpoint}/${userPoolId}`
      const keys = createRemoteJwks({
        issuer,
        algorithms: ALGORITHMS,
        given: givenKeys?.get(issuer),
        // Its own host says so until a pool has switched to the UPDATED format.
        unservedStatus: issuer.startsWith('https://issuer-cognito-idp.') ? 403 : undefined,
        clock,
        emit,
        ...jwksAt(`${base}/.well-known/jwks.json`, { http, timeout: checked.timeout }),
        ...checked,
      })
      const validator = createJwtValidator({ issuer, keys, algorithms: ALGORITHMS, profile, times: checked.times })
      return { keys, validator: watchTokenRevocation(validator, context) }
    },
    connectLive:
      tokenUse === 'id' || limit === undefined
        ? undefined
        : ({ http, clock }) => createCognitoLiveness({ http, clock, limit, api, domain, timeout: checked.timeout }),
    connectSignOut: ({ http }) =>
      cognitoSignOutWays(createCognitoSignOut({ http, url: api, domain, timeout: checked.timeout })),
  })
}

function checkClientId(clientId: unknown): readonly string[] | null {
  if (clientId === null) return null
  return stringListOption(
    `${OWNER}.clientId`,
    clientId,
    'must be an app client id or a list of them (null accepts every client of the pool)',
  )
}

function checkAudience(audience: unknown): readonly string[] | null | undefined {
  if (audience === null || audience === undefined) return audience
  return stringListOption(`${OWNER}.audience`, audience, 'must be a resource identifier or a list of them, or null')
}

function checkIssuers(issuers: unknown, userPoolId: string): readonly string[] | undefined {
  if (issuers === undefined) return undefined
  const option = `${OWNER}.issuers`
  const list = stringListOption(option, issuers, 'must be a list of one or more issuer identifiers')
  for (const issuer of list) {
    const problem = whatIsWrongWithIssuer(issuer, false)
    if (problem !== undefined) throw new ConfigurationError(option, problem)
    if (!issuer.endsWith(`/${userPoolId}`)) throw new ConfigurationError(option, 'must each end with /<userPoolId>')
  }
  return list
}

/** An address that paths are appended to. */
function checkBase(
  option: 'endpoint' | 'domain',
  address: unknown,
  allowInsecureLoopback: boolean,
): string | undefined {
  if (address === undefined) return undefined
  const problem = whatIsWrongWithIssuer(address, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(`${OWNER}.${option}`, problem)
  return (address as string).replace(/\/+$/, '')
}
