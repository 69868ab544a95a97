import { describe, expect, it } from 'vitest'
import { restRequestAuthorizer, restTokenAuthorizer } from '../../src/index.js'
import { type RestApiDescription, restApiWiring } from '../../src/wiring/index.js'
import { ordersApi } from '../support/orders-api.js'

const common = {
  name: 'orders',
  restApiId: { Ref: 'OrdersApi' },
  routes: {
    'GET /orders/{id}': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } },
    'GET /health': { authorizer: 'none' },
  },
} as const
const lambda = { ...common, authorizerFunctionArn: { 'Fn::GetAtt': ['AuthorizerFunction', 'Arn'] } } as const
const cognito = {
  ...common,
  type: 'COGNITO_USER_POOLS',
  userPool: { userPoolId: { Ref: 'UserPool' }, clientIds: [{ Ref: 'WebClient' }] },
  userPoolArn: { 'Fn::GetAtt': ['UserPool', 'Arn'] },
} as const
const made = (description: object) => () => restApiWiring(description as RestApiDescription)

describe('the wiring of a REST API', () => {
  it.each(['TOKEN', 'REQUEST'] as const)(
    'of type %s has the authorizer, and says that nothing is kept',
    async (type) => {
      const { api } = await ordersApi()
      const wiring = restApiWiring({ ...lambda, type })
      expect(wiring).toMatchSnapshot()
      const options = wiring.authorizerOptions
      const authorizer = type === 'TOKEN' ? restTokenAuthorizer(api, options) : restRequestAuthorizer(api, options)
      expect(authorizer).toBeTypeOf('function')
    },
  )

  it('of a user pool has the pool, and scopes for each method', () => {
    const { Resources, methods } = restApiWiring(cognito)
    expect({ Resources, methods }).toMatchSnapshot()
  })

  it('says for how long results are kept', () => {
    const identitySources = ['method.request.header.Authorization', 'context.httpMethod', 'context.resourcePath']
    const { Resources } = restApiWiring({ ...lambda, type: 'REQUEST', resultCache: { ttl: '5m', identitySources } })
    expect(Resources['OrdersAuthorizer']?.Properties).toMatchObject({
      AuthorizerResultTtlInSeconds: 300,
      IdentitySource: identitySources.join(','),
    })
  })

  it('refuses the UPDATED issuer where the authorizer does', () => {
    const userPool = { ...cognito.userPool, issuer: 'UPDATED' }
    expect(made({ ...cognito, userPool })).toThrow(
      'restApiWiring.userPool.issuer is UPDATED, whose tokens the COGNITO_USER_POOLS authorizer refuses',
    )
  })

  it('refuses a method of a user pool without scopes, which takes ID tokens instead', () => {
    const routes = { 'GET /orders': { authorizer: 'authorizer', policy: {}, checkedByFunction: true } }
    expect(made({ ...cognito, routes })).toThrow("restApiWiring.routes['GET /orders'].policy has no scopes")
  })

  it('refuses what would not be checked: a user pool looks at scopes alone', () => {
    const routes = (more: object) => ({
      'GET /orders': { authorizer: 'authorizer', policy: { scopes: ['orders/read'], groups: ['staff'] }, ...more },
    })
    expect(made({ ...cognito, routes: routes({}) })).toThrow(
      "restApiWiring.routes['GET /orders'].policy has groups, and a gateway checks one of some scopes and no more",
    )
    expect(made({ ...cognito, routes: routes({ checkedByFunction: true }) })).not.toThrow()
    expect(made({ ...lambda, type: 'TOKEN', routes: routes({}) })).not.toThrow()
    expect(made({ ...lambda, type: 'TOKEN', routes: routes({ checkedByFunction: true }) })).toThrow(
      "restApiWiring.routes['GET /orders'].checkedByFunction is for tokens that a gateway looks at",
    )
  })

  it('refuses what the authorizer would refuse when it starts', () => {
    const identitySources = ['method.request.header.Authorization']
    const policy = { scopes: ['orders/read'], maxRevocationLag: '5m' }
    const bounded = { 'GET /orders': { authorizer: 'authorizer', policy } }
    const kept = { ...lambda, type: 'TOKEN', resultCache: { ttl: '5m', identitySources } }
    expect(made({ ...kept, routes: bounded })).toThrow('policy.maxRevocationLag must be above 5m')
    const crossing = {
      'GET /orders/{id}': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } },
      'GET /{tenant}/items': { authorizer: 'authorizer', policy: {} },
    }
    expect(made({ ...kept, routes: crossing })).toThrow('which no policy document can tell apart')
  })

  it('has nothing that its type has no use for', () => {
    expect(made({ ...cognito, resultCache: 'off' })).toThrow(
      'restApiWiring.resultCache is not for an authorizer of the',
    )
    expect(made({ ...cognito, authorizerFunctionArn: 'x' })).toThrow('restApiWiring.authorizerFunctionArn is not for')
    expect(made({ ...cognito, type: 'TOKEN' })).toThrow('restApiWiring.userPool is not for an authorizer of the type')
  })

  it('is not made with what is misspelt or missing', () => {
    expect(made({ ...lambda, type: 'JWT' })).toThrow('restApiWiring.type must be one of')
    expect(made({ ...lambda, type: 'TOKEN', name: '' })).toThrow('restApiWiring.name must be letters')
    expect(made({ ...lambda, type: 'TOKEN', api: 1 })).toThrow('restApiWiring.api is not an option')
    expect(made({ ...lambda, type: 'TOKEN', restApiId: undefined })).toThrow('restApiWiring.restApiId must be text')
    expect(made({ ...lambda, type: 'TOKEN', authorizerFunctionArn: '' })).toThrow('authorizerFunctionArn must be text')
    expect(made({ ...cognito, userPool: undefined })).toThrow('restApiWiring.userPool takes a plain object')
    expect(made({ ...cognito, userPoolArn: undefined })).toThrow('restApiWiring.userPoolArn must be text')
    const two = { ttl: '5m', identitySources: ['method.request.header.Authorization', 'context.path'] }
    expect(made({ ...lambda, type: 'TOKEN', resultCache: two })).toThrow('has one source alone here')
  })
})
