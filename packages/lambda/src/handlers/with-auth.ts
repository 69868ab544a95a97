import {
  type ClaimsOf,
  type ClaimsSchema,
  ConfigurationError,
  type Granted,
  type PolicyOrLiteral,
  type Principal,
  type ResourceServer,
} from '@tokenward/core'
import type { AwsHttpEvent } from '@tokenward/core/aws'
import type { DenialResponse } from './denial-response.js'
import { type HandlerOptions, protect } from './protect.js'

/** Who is calling, as the last argument of a handler. */
export interface Authorized<Claims> {
  /** Who is calling. */
  readonly principal: Principal<Claims>
  /** The grant, for `api.watch`. */
  readonly granted: Granted<Claims>
}

/**
 * Lets a request reach the handler when its access token meets the policy, and answers it otherwise, with the challenge of
 * RFC 6750. For HTTP APIs, REST APIs, function URLs and Application Load Balancers.
 *
 * @throws {@link ConfigurationError} where the policy is wrong, or can never be met on this server.
 */
export function withAuth<
  Event extends AwsHttpEvent,
  Context,
  Result,
  Schema extends ClaimsSchema | undefined = undefined,
  Claims = ClaimsOf<Schema>,
>(
  api: ResourceServer,
  policy: PolicyOrLiteral<Schema, Claims>,
  handler: (event: Event, context: Context, auth: Authorized<Claims>) => Result | Promise<Result>,
  options: HandlerOptions = {},
): (event: Event, context: Context) => Promise<Result | DenialResponse> {
  const decide = protect('withAuth', api, policy, options)
  if (typeof handler !== 'function') throw new ConfigurationError('withAuth.handler', 'must be a function')
  // Two parameters: of a third, the runtime of Lambda concludes that a callback is wanted.
  return async (event, context) => {
    const decided = await decide(event)
    if ('response' in decided) return decided.response
    return handler(event, context, { principal: decided.granted.principal, granted: decided.granted })
  }
}
