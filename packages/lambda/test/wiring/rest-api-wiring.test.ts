import { describe, expect, it } from 'vitest'
import { restRequestAuthorizer, restTokenAuthorizer } from '../../src/index.js'
import { type RestApiDescription, restApiWiring } from '../../src/wiring/index.js'
import { ordersApi } from '../support/orders-api.js'
import { lint } from '../support/template-lint.js'

const common = {
  name: 'orders',
  restApiId: { Ref: 'OrdersApi' },
  authorizerFunctionArn: { 'Fn::GetAtt': ['AuthorizerFunction', 'Arn'] },
  routes: {
    'GET /orders/{id}': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } },
    'GET /health': { authorizer: 'none' },
  },
} as const
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
      const wiring = restApiWiring({ ...common, type })
      expect(wiring).toMatchSnapshot()
      expect(await lint(wiring.Resources)).toStrictEqual([])
      const options = wiring.authorizerOptions
      const authorizer = type === 'TOKEN' ? restTokenAuthorizer(api, options) : restRequestAuthorizer(api, options)
      expect(authorizer).toBeTypeOf('function')
    },
  )

  it('of a user pool has the pool, and scopes for each method', async () => {
    const { Resources, methods } = restApiWiring(cognito)
    expect({ Resources, methods }).toMatchSnapshot()
    expect(await lint(Resources)).toStrictEqual([])
  })

  it('says for how long results are kept', () => {
    const identitySources = ['method.request.header.Authorization', 'context.httpMethod', 'context.resourcePath']
    const { Resources } = restApiWiring({ ...common, type: 'REQUEST', resultCache: { ttl: '5m', identitySources } })
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
    expect(made({ ...common, type: 'TOKEN', routes })).not.toThrow()
  })

  it('is not made with what is misspelt or missing', () => {
    expect(made({ ...common, type: 'JWT' })).toThrow('restApiWiring.type must be one of')
    expect(made({ ...common, type: 'TOKEN', name: '' })).toThrow('restApiWiring.name must be letters')
    expect(made({ ...common, type: 'TOKEN', api: 1 })).toThrow('restApiWiring.api is not an option')
    expect(made({ ...common, type: 'TOKEN', restApiId: undefined })).toThrow('restApiWiring.restApiId must be text')
    expect(made({ ...common, type: 'TOKEN', authorizerFunctionArn: '' })).toThrow('authorizerFunctionArn must be text')
    expect(made({ ...cognito, userPool: undefined })).toThrow('restApiWiring.userPool takes a plain object')
    expect(made({ ...cognito, userPoolArn: undefined })).toThrow('restApiWiring.userPoolArn must be text')
    const two = { ttl: '5m', identitySources: ['method.request.header.Authorization', 'context.path'] }
    expect(made({ ...common, type: 'TOKEN', resultCache: two })).toThrow('has one source alone here')
  })
})
