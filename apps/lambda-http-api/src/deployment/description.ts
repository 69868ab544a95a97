import { definePolicy } from '@tokenward/lambda'
import { type HttpApiDescription, httpApiWiring } from '@tokenward/lambda/wiring'

/** What routes demand, for the deployment and for the functions behind them. */
export const policies = {
  read: definePolicy({ name: 'GET /orders', scopes: ['orders/read'] }),
  staff: definePolicy({ name: 'GET /me', groups: ['staff'] }),
  add: definePolicy({ name: 'POST /orders', scopes: ['orders/read', 'orders/write'] }),
  remove: definePolicy({ name: 'DELETE /orders/{id}', scopes: ['orders/write'], maxRevocationLag: '10s' }),
  removeAll: definePolicy({ name: 'DELETE /orders', scopes: ['orders/write'], maxRevocationLag: '0s' }),
} as const

/** One description: CloudFormation, SAM and CDK deploy it, the emulator is configured with it, and the authorizer runs it. */
export const description = {
  name: 'orders',
  userPool: {
    userPoolId: process.env['USER_POOL_ID'] ?? 'eu-west-1_AbCdEf123',
    clientIds: [process.env['CLIENT_ID'] ?? 'web'],
  },
  // Each route has results of its own, and decides for four seconds later than now.
  resultCache: { ttl: '4s', identitySources: ['$request.header.Authorization', '$context.routeKey'] },
  routes: {
    'GET /health': { authorizer: 'none' },
    'GET /orders': { authorizer: 'jwt', policy: policies.read },
    'GET /me': { authorizer: 'jwt', policy: policies.staff, checkedByFunction: true },
    'POST /orders': { authorizer: 'lambda', policy: policies.add },
    'DELETE /orders/{id}': { authorizer: 'lambda', policy: policies.remove },
    'DELETE /orders': { authorizer: 'jwt', policy: policies.removeAll, checkedByFunction: true },
  },
} as const satisfies HttpApiDescription

export const wiring = httpApiWiring(description)
