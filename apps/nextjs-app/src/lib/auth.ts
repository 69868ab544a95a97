import {
  cognitoUserPool,
  createNextAuth,
  createResourceServer,
  definePolicy,
  inMemoryRevocationList,
  namedCookie,
  perProcess,
} from '@tokenward/nextjs'
import { recordEvent } from './operator-log'
import { ACCESS_TOKEN } from './session'
import { settings } from './settings'

export const api = () =>
  perProcess('api', () => {
    const { userPoolId, clientId, poolUrl } = settings()
    const pool = cognitoUserPool({
      userPoolId,
      clientId,
      endpoint: poolUrl,
      allowInsecureLoopback: true,
      // The fake pool has the clock of this machine.
      clockTolerance: '0s',
    })
    return createResourceServer({
      issuers: [pool],
      realm: 'orders',
      revocationList: inMemoryRevocationList(),
      onEvent: recordEvent,
    })
  })

export const { withAuth, requireAuth, currentPrincipal, createProxy } = createNextAuth(api, {
  tokenCookie: namedCookie(ACCESS_TOKEN),
})

/** Validated here, in microseconds; a revoked token works until it expires, unless somebody has asked. */
export const readOrders = definePolicy({ name: 'read orders', scopes: ['orders/read'] })

/** Cognito is asked for every request. */
export const cancelOrders = definePolicy({
  name: 'cancel orders',
  scopes: ['orders/write'],
  groups: ['managers'],
  maxRevocationLag: '0s',
})

/** The same promise without the group, so that everybody can see it kept. */
export const readAudit = definePolicy({ name: 'read audit', scopes: ['orders/read'], maxRevocationLag: '0s' })
