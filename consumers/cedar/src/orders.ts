import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { type ApiDescription, cedarDecisionPoint, decimal, entity, generateCedar } from '@tokenward/cedar'
import { verifiedPermissionsDecisionPoint } from '@tokenward/cedar/verified-permissions'
import { createResourceServer } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'

// Exported without annotations: every type they mention must have a name that can be written.
export const description: ApiDescription = {
  namespace: 'Shop',
  resourceServers: { orders: ['read'] },
  resources: { Order: { owner: 'User', total: 'decimal' } },
  routes: [{ action: 'read', scopes: ['orders/read'], resource: 'Order' }],
}
export const generated = generateCedar(description, { cedar })
export const local = cedarDecisionPoint({ ...generated, namespace: 'Shop', cedar, watch: undefined })
export const remote = verifiedPermissionsDecisionPoint({
  policyStoreId: 'PSEXAMPLE',
  client: new VerifiedPermissionsClient({ region: 'eu-west-1' }),
  entities: async ({ resource }) => (resource === undefined ? [] : [{ type: 'Market', id: 'eu' }]),
})
export const order = { owner: entity('User', 'u1'), total: decimal('12.50') }
const issuers = [cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })] as const
export const api = createResourceServer({ issuers, decisionPoint: local })
export const read = api.policy({ action: 'read', resource: { type: 'Order', id: '7', attributes: order } })
