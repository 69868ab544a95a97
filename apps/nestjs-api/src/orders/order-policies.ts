import { fileURLToPath } from 'node:url'
import { type CedarDecisionPoint, cedarDecisionPoint, entity, type PolicyReload } from '@tokenward/cedar'
import { Authorize } from '@tokenward/nestjs'
import { orderTable } from './order-table.js'

/** Stands before the names of users and groups in the policies, since the id of the fake pool is another each time. */
const POOL = 'demo'

const fileAt = (path: string) => fileURLToPath(new URL(`../../cedar/${path}`, import.meta.url))

/** Decides by the policies in `cedar`, which may be changed while the API runs. */
export function orderDecisions(issuer: string, watch: (reload: PolicyReload) => void): CedarDecisionPoint {
  return cedarDecisionPoint({
    policies: { files: fileAt('policies') },
    schema: { file: fileAt('schema.cedarschema') },
    namespace: 'Shop',
    idPrefixes: { [issuer]: POOL },
    watch,
  })
}

/** The policies decide whether this is permitted, for the order that the route names. */
export const AuthorizeOrder = (action: 'read' | 'refund') =>
  Authorize({
    action,
    resource({ params }) {
      const id = String(params['id'])
      return { type: 'Order', id, attributes: () => knownOf(id) }
    },
  })

/** What policies may know of an order; nothing for one that is not there, which refuses the request. */
function knownOf(id: string): object | undefined {
  const order = orderTable.get(id)
  return order && { owner: entity('User', `${POOL}|${order.owner}`) }
}
