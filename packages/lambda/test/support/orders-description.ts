import type { HttpApiDescription } from '../../src/wiring/index.js'

/** The routes of the demo, apps/lambda-http-api, and more that have something to show. */
export const description = {
  name: 'orders',
  userPool: { userPoolId: 'eu-west-1_AbCdEf123', clientIds: ['web', 'mobile'] },
  routes: {
    'GET /orders': { authorizer: 'jwt', policy: { scopes: ['orders/read'] } },
    'GET /orders/{id}': { authorizer: 'jwt', policy: { anyScope: ['orders/read', 'orders/write'] } },
    'GET /me': { authorizer: 'jwt', policy: { groups: ['staff'] }, checkedByFunction: true },
    'DELETE /orders/{id}': { authorizer: 'lambda', policy: { scopes: ['orders/write'], maxRevocationLag: '0s' } },
    'POST /orders': { authorizer: 'lambda', policy: { scopes: ['orders/write', 'orders/read'] } },
    'GET /health': { authorizer: 'none' },
  },
} as const satisfies HttpApiDescription

export const mutualTls = {
  domainName: 'api.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1',
  truststoreUri: 's3://truststores/clients.pem',
  truststoreVersion: '7',
} as const
