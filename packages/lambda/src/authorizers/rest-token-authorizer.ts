import type { ResourceServer } from '@tokenward/core'
import type { TokenAuthorizerEvent } from './authorizer-events.js'
import { type AuthorizerPolicies, checkAuthorizer, createPlan } from './authorizer-plan.js'
import { asksForAnotherToken, unauthorized } from './decided.js'
import { parseExecuteApiArn } from './execute-api-arn.js'
import { answerByPolicy } from './policy-authorizer.js'
import type { PolicyResult } from './policy-document.js'
import { assertRestRoutes } from './route-key.js'
import { checkResultCache, restTokenDialect, type ResultCache } from './result-cache.js'

/** Options of {@link restTokenAuthorizer}. */
export type RestTokenAuthorizerOptions<Event extends TokenAuthorizerEvent = TokenAuthorizerEvent> =
  AuthorizerPolicies<Event> & {
    /** What API Gateway does with results: `identitySources` is the one header with the token. Required; deploy exactly this. */
    readonly resultCache: ResultCache
  }

const OWNER = 'restTokenAuthorizer'

/**
 * A TOKEN authorizer for a REST API. It is told the token and the path, and not the route: where the path fits several
 * routes of the table, all their policies must hold. {@link restRequestAuthorizer} knows better.
 *
 * @throws {@link ConfigurationError} for options that cannot work, or would be unsafe with the results that are kept.
 */
export function restTokenAuthorizer<Event extends TokenAuthorizerEvent = TokenAuthorizerEvent>(
  api: ResourceServer,
  options: RestTokenAuthorizerOptions<Event>,
): (event: Event) => Promise<PolicyResult> {
  checkAuthorizer(OWNER, api, options, [])
  assertRestRoutes(`${OWNER}.routes`, options.routes)
  const cache = checkResultCache(OWNER, options.resultCache, restTokenDialect)
  const plan = createPlan(api, options, { owner: OWNER, cache, inDocuments: true, routeMembers: [] })

  return async (event) => {
    const arn = parseExecuteApiArn(OWNER, event.methodArn)
    const headers = { authorization: event.authorizationToken }
    const presented = await api.present({ method: arn.request.split('/')[0] ?? '', url: '/', headers })
    const { result, denied } = await answerByPolicy(plan, {
      owner: OWNER,
      event,
      arn,
      presented,
      cache,
      routeKeys: undefined,
    })
    if (denied !== undefined && asksForAnotherToken(denied)) throw unauthorized()
    return result
  }
}
