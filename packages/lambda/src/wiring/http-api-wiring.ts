import { ConfigurationError } from '@tokenward/core'
import type { AnyPolicy } from '../authorizers/authorizer-plan.js'
import { checkResultCache, httpApiDialect, type ResultCache } from '../authorizers/result-cache.js'
import type { HandlerOptions } from '../handlers/protect.js'
import { assertOptionNames } from '../option-check.js'
import { checkHeldRoutes } from './held-routes.js'
import { type CheckedMutualTls, checkMutualTlsDomain, type MutualTlsDomain } from './mutual-tls-domain.js'
import { type CheckedRoute, checkRoutes, gatewayScopes, type RouteDescription } from './route-description.js'
import { checkValues, type TemplateValue } from './template-value.js'
import { checkUserPool, type GatewayIssuer, type UserPoolDescription } from './user-pool-description.js'

/** An HTTP API with its routes and what they demand: one description for the deployment and for the functions. */
export interface HttpApiDescription {
  /** Names the API and, in upper camel case, its resources. Letters and digits, for example `'orders'`. */
  readonly name: string
  /** Whose tokens the JWT authorizer accepts. Needed for routes with `authorizer: 'jwt'`. */
  readonly userPool?: UserPoolDescription
  /** Values of `aud` or `client_id` that the JWT authorizer accepts. Default: the clients of the pool, and its resources. */
  readonly audience?: readonly TemplateValue[]
  /** What the Lambda authorizer does with results; its function gets the same. Default `'off'`. */
  readonly resultCache?: ResultCache
  /** How the Lambda authorizer answers. Default `'simple'`. */
  readonly response?: 'simple' | 'policy'
  /** A custom domain on which every client shows a certificate; the default endpoint is then switched off. Default none. */
  readonly mutualTls?: MutualTlsDomain
  /** Every route, by its key. */
  readonly routes: Readonly<Record<string, RouteDescription<'jwt' | 'lambda'>>>
}

/** Options for {@link httpApiAuthorizer}, made from the same description as its deployment. */
export interface WiredAuthorizerOptions<Response extends 'simple' | 'policy' = 'simple' | 'policy'> {
  /** The routes of the Lambda authorizer, with their policies. */
  readonly routes: Readonly<Record<string, AnyPolicy>>
  /** What API Gateway does with results. */
  readonly resultCache: ResultCache
  /** How it answers. */
  readonly response: Response
  /** Whether a request without a client certificate is refused. */
  readonly mutualTls: boolean
}

/** A description that was checked. */
export interface HttpApiWiring<Response extends 'simple' | 'policy' = 'simple' | 'policy'> {
  /** Give it to `httpApiAuthorizer(api, wiring.authorizerOptions)`. */
  readonly authorizerOptions: WiredAuthorizerOptions<Response>
  /** Give it to `withAuth(api, policy, handler, wiring.handlerOptions)`. */
  readonly handlerOptions: HandlerOptions
  /** @internal */
  readonly [CHECKED]: CheckedHttpApi
}

/** The same in every copy of this file: CommonJS has one in each entry. */
export const CHECKED: unique symbol = Symbol.for('@tokenward/lambda.checked-wiring')

/** What templates are written from. */
export interface CheckedHttpApi {
  readonly name: string
  /** Begins the names of all resources. */
  readonly prefix: string
  readonly issuer: GatewayIssuer | undefined
  readonly routes: readonly (CheckedRoute<'jwt' | 'lambda'> & { readonly scopes: readonly string[] })[]
  readonly hasLambdaAuthorizer: boolean
  /** Seconds. */
  readonly ttl: number
  readonly identitySources: readonly string[]
  readonly isSimple: boolean
  readonly mutualTls: CheckedMutualTls | undefined
}

const OWNER = 'httpApiWiring'
const KNOWN = ['name', 'userPool', 'audience', 'resultCache', 'response', 'mutualTls', 'routes']
const TOKEN = '$request.header.Authorization'
const WITHOUT_SCOPES =
  'has no scopes: a JWT authorizer lets ID tokens in there; demand one, or say checkedByFunction: true where the function verifies the token itself'

/**
 * Checks the description of an HTTP API, and makes of it what `cloudFormation`, `sam` and the construct for CDK deploy, and
 * what the authorizer runs with.
 *
 * @throws {@link ConfigurationError} for what cannot be deployed, or would let in what it should not: each names its route.
 */
export function httpApiWiring<Response extends 'simple' | 'policy' = 'simple'>(
  description: HttpApiDescription & { readonly response?: Response },
): HttpApiWiring<Response> {
  assertOptionNames(OWNER, description, KNOWN)
  const { name, resultCache = 'off', response = 'simple' } = description
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name)) {
    throw new ConfigurationError(`${OWNER}.name`, "must be letters and digits, such as 'orders'")
  }
  if (response !== 'simple' && response !== 'policy') {
    throw new ConfigurationError(`${OWNER}.response`, "must be 'simple' or 'policy'")
  }
  const checked = checkRoutes(`${OWNER}.routes`, description.routes, {
    authorizers: ['jwt', 'lambda'],
    ofGateway: ['jwt'],
  })
  const mutualTls = checkMutualTlsDomain(`${OWNER}.mutualTls`, description.mutualTls)
  const cache = checkResultCache(OWNER, resultCache, httpApiDialect)
  const ofLambda = checked.filter(({ authorizer }) => authorizer === 'lambda')
  const policies = Object.fromEntries(ofLambda.map(({ key, policy }) => [key, policy as AnyPolicy]))
  const hasJwtAuthorizer = checked.some(({ authorizer }) => authorizer === 'jwt')
  assertUsed(description, 'lambda', ofLambda.length > 0, ['resultCache', 'response'])
  assertUsed(description, 'jwt', hasJwtAuthorizer, ['userPool', 'audience'])
  if (ofLambda.length > 0) checkLambdaRoutes(policies, cache, { response, hasMutualTls: mutualTls !== undefined })
  const routes = checked.map((route) => ({
    ...route,
    scopes:
      route.authorizer === 'jwt' ? gatewayScopes(`${OWNER}.routes`, route, { withoutScopes: WITHOUT_SCOPES }) : [],
  }))
  const checkedApi: CheckedHttpApi = {
    name,
    prefix: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    issuer: hasJwtAuthorizer ? issuerIn(description) : undefined,
    routes,
    hasLambdaAuthorizer: ofLambda.length > 0,
    ttl: cache.ttl / 1_000,
    identitySources: resultCache === 'off' ? [TOKEN] : resultCache.identitySources,
    isSimple: response === 'simple',
    mutualTls,
  }
  return {
    authorizerOptions: {
      routes: policies,
      resultCache,
      response: response as Response,
      mutualTls: mutualTls !== undefined,
    },
    handlerOptions: { mutualTls: mutualTls !== undefined },
    [CHECKED]: checkedApi,
  }
}

/** What no route has a use for would be taken for a protection. */
function assertUsed(
  description: HttpApiDescription,
  authorizer: 'jwt' | 'lambda',
  isUsed: boolean,
  options: readonly (keyof HttpApiDescription)[],
): void {
  const unused = isUsed ? undefined : options.find((name) => description[name] !== undefined)
  if (unused === undefined) return
  throw new ConfigurationError(
    `${OWNER}.${unused}`,
    `is for routes with authorizer: '${authorizer}', and there is none`,
  )
}

function issuerIn({ userPool, audience }: HttpApiDescription): GatewayIssuer {
  if (userPool === undefined) {
    throw new ConfigurationError(`${OWNER}.userPool`, "is needed for routes with authorizer: 'jwt'")
  }
  const given = audience && checkValues(`${OWNER}.audience`, audience)
  return checkUserPool(`${OWNER}.userPool`, userPool).forJwtAuthorizer(OWNER, given)
}

/** What the authorizer itself would refuse is refused before it is deployed. */
function checkLambdaRoutes(
  policies: Readonly<Record<string, AnyPolicy>>,
  cache: ReturnType<typeof checkResultCache>,
  { response, hasMutualTls }: { readonly response: 'simple' | 'policy'; readonly hasMutualTls: boolean },
): void {
  const option = `${OWNER}.routes`
  if (cache.ttl > 0 && !cache.holdsRoute && response === 'simple') {
    throw new ConfigurationError(
      `${OWNER}.resultCache`,
      "needs '$context.routeKey' among its identitySources, or response: 'policy': a simple response that is kept is one answer for all routes",
    )
  }
  if (hasMutualTls && cache.ttl > 0 && !cache.holdsDomain) {
    throw new ConfigurationError(
      `${OWNER}.resultCache`,
      "needs '$context.domainName' among its identitySources: a result that is kept would serve clients without a certificate",
    )
  }
  checkHeldRoutes(option, policies, cache, { inDocuments: response === 'policy' })
}
