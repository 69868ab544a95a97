import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import type { PolicyDecisionPoint } from '@tokenward/core'
import { type ConformanceApp, type ConformanceRoute, conformance } from '@tokenward/testkit/conformance'
import { fakeVerifiedPermissions } from '@tokenward/testkit/verified-permissions'
import { afterAll, describe, it } from 'vitest'
import { serverOptionsOf, startFetchApp, startNodeApp } from '../../core/test/support/conformance-app.js'
import { cedarDecisionPoint, generateCedar, type RouteDescription } from '../src/index.js'
import { verifiedPermissionsDecisionPoint } from '../src/verified-permissions/index.js'

/** What a route asks of tokens, said once more as a policy of Cedar: both must permit. */
function describedBy({ name, policy }: ConformanceRoute): RouteDescription {
  const { scopes, anyScope, groups } = policy
  const asked = { ...(scopes && { scopes }), ...(anyScope && { anyScope }), ...(groups && { groups }) }
  return { action: name, ...(Object.keys(asked).length === 0 ? { anyToken: true } : asked) }
}

function generated({ routes, issuers }: ConformanceApp) {
  return generateCedar({
    namespace: 'Api',
    resourceServers: { orders: ['read', 'write'] },
    groups: ['staff', 'managers'],
    userPoolId: issuers.map((issuer) => (issuer.kind === 'cognito' ? issuer.userPoolId : issuer.issuer)),
    routes: routes.filter(({ access }) => access !== 'public').map(describedBy),
  })
}

const ownClaims = ['scope', 'client_id', 'exp', 'iat', 'iss', 'jti', 'sub', 'username']

/** Hundreds of decisions at once have to wait for a machine that does other work as well. */
const timeout = '30s'

const decisionPoints: Record<
  keyof typeof doors,
  (app: ConformanceApp) => Promise<{ point: PolicyDecisionPoint; close(): unknown }>
> = {
  async Cedar(app) {
    const point = cedarDecisionPoint({ ...generated(app), namespace: 'Api', serviceLimits: false, timeout })
    return { point, close: () => point.close() }
  },
  async 'Verified Permissions'(app) {
    const store = await fakeVerifiedPermissions(generated(app))
    const { url: endpoint } = await store.serve()
    const { region, credentials, policyStoreId } = store
    const client = new VerifiedPermissionsClient({ region, credentials, endpoint })
    const options = { namespace: 'Api', tokenClaims: ownClaims, timeout } as const
    const point = verifiedPermissionsDecisionPoint({ policyStoreId, client, ...options })
    return {
      point,
      async close() {
        client.destroy()
        await store.close()
      },
    }
  },
}

/** Each behind another door, since no door knows of policies. */
const doors = { Cedar: startFetchApp, 'Verified Permissions': startNodeApp }

for (const [name, startApp] of Object.entries(doors) as [keyof typeof doors, (typeof doors)['Cedar']][]) {
  conformance({
    name: `core with ${name} in place`,
    capabilities: ['step-up'],
    ...(name === 'Verified Permissions' && {
      cannotExpress: { 'large-token': 'its principal is in 300 groups, and Verified Permissions takes 99' },
    }),
    async start(app) {
      const { point, close } = await decisionPoints[name](app)
      const routes = app.routes.map((route) =>
        route.access === 'public' ? route : { ...route, policy: { ...route.policy, action: route.name } },
      )
      const options = { ...serverOptionsOf(app), decisionPoint: point }
      const running = await startApp({ ...app, routes }, { options })
      return {
        ...running,
        async close() {
          await running.close?.()
          await close()
        },
      }
    },
  }).register({ describe, it, afterAll })
}
