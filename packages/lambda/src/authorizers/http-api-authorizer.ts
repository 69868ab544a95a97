import { ConfigurationError, type Presented, type ResourceServer } from '@tokenward/core'
import { fromAwsEvent } from '@tokenward/core/aws'
import { type AuthorizerContext, contextOf, fitting } from './authorizer-context.js'
import type { HttpApiAuthorizerEventV2, RequestAuthorizerEvent } from './authorizer-events.js'
import {
  type AuthorizerPlan,
  type AuthorizerPolicies,
  checkAuthorizer,
  checkMutualTls,
  createPlan,
} from './authorizer-plan.js'
import { decided } from './decided.js'
import { parseExecuteApiArn } from './execute-api-arn.js'
import { answerByPolicy, routeNamed } from './policy-authorizer.js'
import { denyingAll, type PolicyResult } from './policy-document.js'
import { checkResultCache, httpApiDialect, type ResultCache } from './result-cache.js'

/** An event for the authorizer of an HTTP API, in either payload format. */
export type HttpApiAuthorizerEvent = HttpApiAuthorizerEventV2 | RequestAuthorizerEvent

/** The simple response, which needs payload format 2.0 and `EnableSimpleResponses`. */
export interface SimpleAuthorizerResult {
  /** Whether the request may go on. */
  readonly isAuthorized: boolean
  /** What the function behind the route is told. */
  readonly context?: AuthorizerContext
}

/** Options of {@link httpApiAuthorizer}. */
export type HttpApiAuthorizerOptions<Event extends HttpApiAuthorizerEvent = HttpApiAuthorizerEvent> =
  AuthorizerPolicies<Event> & {
    /** What API Gateway does with results. Required; deploy exactly this. */
    readonly resultCache: ResultCache
    /**
     * `'simple'`: yes or no, for payload format 2.0 with `EnableSimpleResponses`. `'policy'`: a policy document, for either
     * format. Default `'simple'`.
     */
    readonly response?: 'simple' | 'policy'
    /** Whether a request without a client certificate is refused; see the README. Default `false`. */
    readonly mutualTls?: boolean
  }

const OWNER = 'httpApiAuthorizer'
const ROUTE_MEMBERS = ['routeKey', 'version', 'type'] as const

/**
 * A Lambda authorizer for an HTTP API. What is refused gets 403, which is all that HTTP APIs have for it; where clients must
 * learn that a new token would do, use a JWT authorizer, or none, and `withAuth` in the function. A token that could not be
 * checked gets 500.
 *
 * @throws {@link ConfigurationError} for options that cannot work, or would be unsafe with the results that are kept.
 */
export function httpApiAuthorizer<Event extends HttpApiAuthorizerEvent = HttpApiAuthorizerEvent>(
  api: ResourceServer,
  options: HttpApiAuthorizerOptions<Event> & { readonly response: 'policy' },
): (event: Event) => Promise<PolicyResult>
export function httpApiAuthorizer<Event extends HttpApiAuthorizerEventV2 = HttpApiAuthorizerEventV2>(
  api: ResourceServer,
  options: HttpApiAuthorizerOptions<Event>,
): (event: Event) => Promise<SimpleAuthorizerResult>
export function httpApiAuthorizer(
  api: ResourceServer,
  options: HttpApiAuthorizerOptions,
): (event: HttpApiAuthorizerEvent) => Promise<SimpleAuthorizerResult | PolicyResult> {
  checkAuthorizer(OWNER, api, options, ['response', 'mutualTls'])
  const cache = checkResultCache(OWNER, options.resultCache, httpApiDialect)
  const { response = 'simple' } = options
  if (response !== 'simple' && response !== 'policy') {
    throw new ConfigurationError(`${OWNER}.response`, "must be 'simple' or 'policy'")
  }
  const isSimple = response === 'simple'
  const mutualTls = checkMutualTls(OWNER, options.mutualTls, cache)
  const plan = createPlan(api, options, { owner: OWNER, cache, inDocuments: !isSimple, routeMembers: ROUTE_MEMBERS })
  if (isSimple && plan.kind === 'routes' && cache.ttl > 0 && !cache.holdsRoute) {
    throw new ConfigurationError(
      `${OWNER}.routes`,
      "needs '$context.routeKey' among the identitySources, or response: 'policy': a simple response that is kept is one answer for all routes",
    )
  }
  const answer = isSimple ? simply : byPolicy
  return async (event) => await answer(checkEvent(event))

  async function simply(event: HttpApiAuthorizerEvent): Promise<SimpleAuthorizerResult> {
    if (!isV2(event)) {
      throw new ConfigurationError(
        `${OWNER}.response`,
        "must be 'policy' for payload format 1.0, which has no simple response",
      )
    }
    const presented = await present(event)
    if (presented === undefined) return { isAuthorized: false }
    const outcome = await decided(presented, await policyFor(plan, event))
    if (outcome.outcome !== 'granted') return { isAuthorized: false }
    const { principal } = outcome
    return fitting(OWNER, (omitted) => ({ isAuthorized: true, context: contextOf(principal, omitted) }))
  }

  async function byPolicy(event: HttpApiAuthorizerEvent): Promise<PolicyResult> {
    const arn = parseExecuteApiArn(OWNER, isV2(event) ? event.routeArn : event.methodArn)
    const presented = await present(event)
    if (presented === undefined) return denyingAll(arn)
    const question = { owner: OWNER, event, arn, presented, cache, routeKeys: routeKeysOf(event) }
    const { result } = await answerByPolicy(plan, question)
    return result
  }

  /** `undefined` where it is refused whatever its token. */
  async function present(event: HttpApiAuthorizerEvent): Promise<Presented | undefined> {
    const request = fromAwsEvent(event)
    return mutualTls && request.clientCertificate === undefined ? undefined : api.present(request)
  }
}

/** @throws {@link ConfigurationError} for the event of another API: one of a TOKEN authorizer would be denied for ever. */
function checkEvent(event: unknown): HttpApiAuthorizerEvent {
  const { version } = (event ?? {}) as { readonly version?: unknown }
  if (version === '2.0' || version === '1.0') return event as HttpApiAuthorizerEvent
  throw new ConfigurationError(
    `${OWNER}.event`,
    'is none of an HTTP API; REST APIs have restTokenAuthorizer and restRequestAuthorizer',
  )
}

async function policyFor(plan: AuthorizerPlan<HttpApiAuthorizerEvent>, event: HttpApiAuthorizerEventV2) {
  if (plan.kind === 'policy') return plan.policy
  return plan.kind === 'routes' ? routeNamed(OWNER, plan.table, [event.routeKey]).policy : plan.policyFor(event)
}

function isV2(event: HttpApiAuthorizerEvent): event is HttpApiAuthorizerEventV2 {
  return event.version === '2.0'
}

/** Payload format 1.0 does not say whether the route is one for any method. */
function routeKeysOf(event: HttpApiAuthorizerEvent): readonly string[] {
  if (isV2(event)) return [event.routeKey]
  if (event.resource === '$default') return ['$default']
  return [`${event.httpMethod} ${event.resource}`, `ANY ${event.resource}`]
}
