import { combinePolicies, type CompiledPolicy, definePolicy } from '@tokenward/core'
import type { AnyPolicy } from '../authorizers/authorizer-plan.js'
import { assertDocumentsFit } from '../authorizers/document-size.js'
import type { CheckedResultCache } from '../authorizers/result-cache.js'
import { createRouteTable, documentsOf } from '../authorizers/route-table.js'

/**
 * What an authorizer would refuse when its function starts is refused before it is deployed: what results that are kept would
 * break, as a bound, or the proof of one sender, and a table that no policy document can say, or none that API Gateway takes.
 *
 * @throws {@link ConfigurationError} naming the demand, or the routes.
 */
export function checkHeldRoutes(
  option: string,
  policies: Readonly<Record<string, AnyPolicy>>,
  cache: CheckedResultCache,
  { inDocuments }: { readonly inDocuments: boolean },
): void {
  const held = definePolicy({ heldFor: cache.ttl })
  const documents = inDocuments && documentsOf(cache)
  const table = createRouteTable(option, policies, {
    inDocuments: documents,
    compile: (policy: CompiledPolicy<unknown>) => combinePolicies(policy, held),
  })
  assertDocumentsFit(option, table, documents)
}
