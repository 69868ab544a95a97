import { definePolicy } from '@tokenward/core'
import type { AnyPolicy } from '../authorizers/authorizer-plan.js'
import type { CheckedResultCache } from '../authorizers/result-cache.js'
import { createRouteTable } from '../authorizers/route-table.js'

/**
 * What an authorizer would refuse when its function starts is refused before it is deployed: a bound that results which are
 * kept would break, and a table that no policy document can say.
 *
 * @throws {@link ConfigurationError} naming the bound, or the routes.
 */
export function checkHeldRoutes(
  option: string,
  policies: Readonly<Record<string, AnyPolicy>>,
  { ttl }: CheckedResultCache,
  { inDocuments }: { readonly inDocuments: boolean },
): void {
  createRouteTable(option, policies, {
    inDocuments,
    compile: (policy: never) => {
      const { maxRevocationLag, maxAge } = policy as { maxRevocationLag: number; maxAge: number | undefined }
      definePolicy({ heldFor: ttl, maxRevocationLag, ...(maxAge !== undefined && { maxAge }) })
      return policy
    },
  })
}
