import type { ClaimsOf, ClaimsSchema, PolicyOrLiteral, ResourceServer } from '@tokenward/core'
import type { AwsHttpEvent } from '@tokenward/core/aws'
import type { DenialResponse } from './denial-response.js'
import { type HandlerOptions, protect } from './protect.js'

/** The middleware of middy that is used: what runs before the handler, and ends the request where it returns something. */
export interface AuthMiddleware {
  /** Returns the answer for a request that is turned away. */
  before(request: { readonly event: AwsHttpEvent }): Promise<DenialResponse | undefined>
}

/**
 * The same as {@link withAuth} for middy 4 and later: `middy(handler).use(authMiddleware(api, policy))`. The handler gets
 * the caller by `currentPrincipal(event)`. Put it before what changes headers, or replaces the event.
 *
 * @throws {@link ConfigurationError} where the policy is wrong, or can never be met on this server.
 */
export function authMiddleware<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
  api: ResourceServer,
  policy: PolicyOrLiteral<Schema, Claims>,
  options: HandlerOptions = {},
): AuthMiddleware {
  const decide = protect('authMiddleware', api, policy, options)
  return {
    async before({ event }) {
      const decided = await decide(event)
      return 'response' in decided ? decided.response : undefined
    },
  }
}
