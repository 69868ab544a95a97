import { ConfigurationError, type ResourceServer } from '@tokenward/core'
import type { ConnectAuthorizerEvent } from './authorizer-events.js'
import { type AnyPolicy, checkAuthorizer, checkMutualTls, createPlan } from './authorizer-plan.js'
import { asksForAnotherToken, unauthorized } from './decided.js'
import { parseExecuteApiArn } from './execute-api-arn.js'
import { answerByPolicy } from './policy-authorizer.js'
import { denyingAll, type PolicyResult } from './policy-document.js'
import { OFF } from './result-cache.js'
import { connectRequestOf } from './connect-request.js'

/** Options of {@link webSocketAuthorizer}. */
export interface WebSocketAuthorizerOptions {
  /** What it takes to open a connection. `{}`: a valid access token. */
  readonly policy: AnyPolicy
  /** WebSocket APIs keep no results (`AuthorizerResultTtlInSeconds` is for HTTP APIs). Required all the same. */
  readonly resultCache: 'off'
  /**
   * The query parameter in which a token may come as well, for browsers, which cannot set headers. What stands in the URL
   * ends up in access logs (RFC 6750 §5.3): use tokens that end soon. Default: the `Authorization` header alone.
   */
  readonly tokenInQuery?: string
  /** Whether a request without a client certificate is refused; see the README. Default `false`. */
  readonly mutualTls?: boolean
}

const OWNER = 'webSocketAuthorizer'

/**
 * An authorizer for `$connect` of a WebSocket API. API Gateway looks at the token once: the connection then stays open for
 * up to two hours, whatever becomes of it. The context says when it ends, and why it counted as not revoked.
 *
 * @throws {@link ConfigurationError} for options that cannot work.
 */
export function webSocketAuthorizer(
  api: ResourceServer,
  options: WebSocketAuthorizerOptions,
): (event: ConnectAuthorizerEvent) => Promise<PolicyResult> {
  checkAuthorizer(OWNER, api, options, ['tokenInQuery', 'mutualTls'])
  if (options.resultCache !== 'off') {
    throw new ConfigurationError(
      `${OWNER}.resultCache`,
      "is required and must be 'off': WebSocket APIs keep no results",
    )
  }
  const { tokenInQuery } = options
  if (tokenInQuery !== undefined && (typeof tokenInQuery !== 'string' || !/^[\w.-]+$/.test(tokenInQuery))) {
    throw new ConfigurationError(`${OWNER}.tokenInQuery`, 'must be the name of a query parameter')
  }
  const mutualTls = checkMutualTls(OWNER, options.mutualTls, OFF)
  const { policy } = options
  const plan = createPlan(api, { policy }, { owner: OWNER, cache: OFF, inDocuments: false, routeMembers: [] })

  return async (event) => {
    const arn = parseExecuteApiArn(OWNER, event.methodArn)
    if (arn.request !== '$connect') throw new ConfigurationError(`${OWNER}.event`, 'is not one of $connect')
    const request = connectRequestOf(event, tokenInQuery)
    if (mutualTls && request.clientCertificate === undefined) return denyingAll(arn)
    const presented = await api.present(request)
    const question = { owner: OWNER, event, arn, presented, cache: OFF, routeKeys: ['$connect'] }
    const { result, denied } = await answerByPolicy(plan, question)
    if (denied !== undefined && asksForAnotherToken(denied)) throw unauthorized()
    return result
  }
}
