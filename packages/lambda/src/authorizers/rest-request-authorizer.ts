import { ConfigurationError, type ResourceServer } from '@tokenward/core'
import { fromAwsEvent } from '@tokenward/core/aws'
import type { RequestAuthorizerEvent } from './authorizer-events.js'
import { type AuthorizerPolicies, checkAuthorizer, checkMutualTls, createPlan } from './authorizer-plan.js'
import { asksForAnotherToken, unauthorized } from './decided.js'
import { parseExecuteApiArn } from './execute-api-arn.js'
import { answerByPolicy } from './policy-authorizer.js'
import { denyingAll, type PolicyResult } from './policy-document.js'
import { assertRestRoutes } from './route-key.js'
import { checkResultCache, restApiDialect, type ResultCache } from './result-cache.js'

/** Options of {@link restRequestAuthorizer}. */
export type RestRequestAuthorizerOptions<Event extends RequestAuthorizerEvent = RequestAuthorizerEvent> =
  AuthorizerPolicies<Event> & {
    /** What API Gateway does with results. Required; deploy exactly this. */
    readonly resultCache: ResultCache
    /** Whether a request without a client certificate is refused; see the README. Default `false`. */
    readonly mutualTls?: boolean
  }

const OWNER = 'restRequestAuthorizer'
const ROUTE_MEMBERS = ['httpMethod', 'resource', 'type'] as const

/**
 * A REQUEST authorizer for a REST API. A token that is not accepted gets 401, one that may not do this 403, and one that
 * could not be checked 500.
 *
 * @throws {@link ConfigurationError} for options that cannot work, or would be unsafe with the results that are kept.
 */
export function restRequestAuthorizer<Event extends RequestAuthorizerEvent = RequestAuthorizerEvent>(
  api: ResourceServer,
  options: RestRequestAuthorizerOptions<Event>,
): (event: Event) => Promise<PolicyResult> {
  checkAuthorizer(OWNER, api, options, ['mutualTls'])
  assertRestRoutes(`${OWNER}.routes`, options.routes)
  const cache = checkResultCache(OWNER, options.resultCache, restApiDialect)
  const mutualTls = checkMutualTls(OWNER, options.mutualTls, cache)
  const plan = createPlan(api, options, { owner: OWNER, cache, inDocuments: true, routeMembers: ROUTE_MEMBERS })

  return async (event) => {
    const arn = parseExecuteApiArn(OWNER, event.methodArn)
    if (typeof event.resource !== 'string' || typeof event.httpMethod !== 'string') {
      throw new ConfigurationError(`${OWNER}.event`, 'names no route; deploy the authorizer with the type REQUEST')
    }
    const request = fromAwsEvent(event)
    if (mutualTls && request.clientCertificate === undefined) return denyingAll(arn)
    const presented = await api.present(request)
    const routeKeys = [`${event.httpMethod} ${event.resource}`, `ANY ${event.resource}`]
    const { result, denied } = await answerByPolicy(plan, { owner: OWNER, event, arn, presented, cache, routeKeys })
    if (denied !== undefined && asksForAnotherToken(denied)) throw unauthorized()
    return result
  }
}
