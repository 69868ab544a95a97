import type { ClaimsOf, ClaimsSchema } from '../strategy/route-policy.js'
import type { Outcome } from './outcome.js'
import type { PolicyOrLiteral } from './policy-compiler.js'

/** One request whose token was parsed and verified once; any number of policies may follow. */
export interface Presented {
  /** `'none'`: the request carried no access token, which is all that optional authentication asks. Else `'present'`. */
  readonly credentials: 'none' | 'present'
  /** Decides one policy, as `ResourceServer.authorize` does. */
  authorize<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy?: PolicyOrLiteral<Schema, Claims>,
  ): Promise<Outcome<Claims>>
}
