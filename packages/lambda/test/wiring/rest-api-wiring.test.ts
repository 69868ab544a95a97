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
  userPool: { userPoolId: { Ref: 'UserPool' } },
  userPoolArn: { 'Fn::GetAtt': ['UserPool', 'Arn'] },
  anyClient: true,
} as const
const checkedRoutes = {
  'GET /orders': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] }, checkedByFunction: true },
}
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

  it('of a user pool says that any client may come, unless functions look again', () => {
    const routes = (checkedByFunction: boolean) => ({
      'GET /orders': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] }, checkedByFunction },
      'GET /health': { authorizer: 'none' },
    })
    const { anyClient: _, ...withoutWord } = cognito
    expect(made({ ...withoutWord, routes: routes(false) })).toThrow(
      "restApiWiring.routes['GET /orders'].checkedByFunction must be true, where the function verifies the token itself",
    )
    expect(made({ ...cognito, anyClient: false, routes: routes(false) })).toThrow('checkedByFunction must be true')
    expect(made({ ...withoutWord, routes: routes(true) })).not.toThrow()
    expect(made({ ...cognito, routes: routes(false) })).not.toThrow()
    expect(made({ ...cognito, anyClient: 'yes' })).toThrow('restApiWiring.anyClient must be true or false')
  })

  it.each(['clientIds', 'resources'])('of a user pool has no %s, which nothing would compare', (name) => {
    const userPool = { ...cognito.userPool, [name]: ['web'] }
    for (const anyClient of [true, false]) {
      expect(made({ ...cognito, userPool, anyClient, routes: checkedRoutes })).toThrow(
        `restApiWiring.userPool.${name} is nothing that a COGNITO_USER_POOLS authorizer checks`,
      )
    }
  })

  it('of a user pool names one pool, not two', () => {
    const of = (userPoolId: unknown, userPoolArn: unknown) =>
      made({ ...cognito, userPool: { userPoolId }, userPoolArn })
    const id = 'eu-west-1_AbCdEf123'
    const arn = (pool: string) => `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${pool}`
    expect(of(id, arn(id))).not.toThrow()
    for (const other of ['eu-west-1_Other1234', `${id}4`, `x${id}`]) {
      expect(of(id, arn(other))).toThrow(`restApiWiring.userPoolArn must end in 'userpool/${id}'`)
    }
    // What becomes of these is known at the deployment.
    expect(of(id, cognito.userPoolArn)).not.toThrow()
    expect(of({ Ref: 'UserPool' }, arn(id))).not.toThrow()
    expect(of('${Token[TOKEN.7]}', arn(id))).not.toThrow()
    expect(of(id, '${Token[TOKEN.8]}')).not.toThrow()
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
    expect(made({ ...kept, routes: bounded })).toThrow(
      "restApiWiring.routes['GET /orders'].maxRevocationLag must be above 5m",
    )
    const crossing = {
      'GET /orders/{id}': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } },
      'GET /{tenant}/items': { authorizer: 'authorizer', policy: {} },
    }
    expect(made({ ...kept, routes: crossing })).toThrow('which no policy document can tell apart')
  })

  it.each(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'])('of type %s has no route $default', (type) => {
    const routes = { $default: { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } } }
    const parts = type === 'COGNITO_USER_POOLS' ? cognito : lambda
    expect(made({ ...parts, type, routes })).toThrow("restApiWiring.routes has '$default', which no REST API has")
    expect(made({ ...parts, type, routes: { ...common.routes, $default: { authorizer: 'none' } } })).toThrow('$default')
  })

  it('has nothing that its type has no use for', () => {
    expect(made({ ...cognito, resultCache: 'off' })).toThrow(
      'restApiWiring.resultCache is not for an authorizer of the',
    )
    expect(made({ ...cognito, authorizerFunctionArn: 'x' })).toThrow('restApiWiring.authorizerFunctionArn is not for')
    expect(made({ ...cognito, type: 'TOKEN' })).toThrow('restApiWiring.userPool is not for an authorizer of the type')
    expect(made({ ...lambda, type: 'TOKEN', anyClient: true })).toThrow('restApiWiring.anyClient is not for an')
  })

  it('is not made with what is misspelt or missing', () => {
    expect(made({ ...lambda, type: 'JWT' })).toThrow('restApiWiring.type must be one of')
    expect(made({ ...lambda, type: 'TOKEN', name: '' })).toThrow('restApiWiring.name must be letters')
    expect(
      made({ ...lambda, type: 'TOKEN', routes: { 'GET /a': { authorizer: 'authorizer', policy: undefined } } }),
    ).toThrow("restApiWiring.routes['GET /a'].policy must be a policy")
    expect(made({ ...lambda, type: 'TOKEN', api: 1 })).toThrow('restApiWiring.api is not an option')
    expect(made({ ...lambda, type: 'TOKEN', restApiId: undefined })).toThrow('restApiWiring.restApiId must be text')
    expect(made({ ...lambda, type: 'TOKEN', authorizerFunctionArn: '' })).toThrow('authorizerFunctionArn must be text')
    expect(made({ ...cognito, userPool: undefined })).toThrow('restApiWiring.userPool takes a plain object')
    expect(made({ ...cognito, userPoolArn: undefined })).toThrow('restApiWiring.userPoolArn must be text')
    expect(made({ ...cognito, userPool: { userPoolId: '' } })).toThrow('restApiWiring.userPool.userPoolId must be text')
    expect(made({ ...cognito, userPool: { ...cognito.userPool, issuer: 'NEW' } })).toThrow("must be 'ORIGINAL' or")
    expect(made({ ...cognito, userPool: { ...cognito.userPool, id: 1 } })).toThrow('userPool.id is not an option')
    const two = { ttl: '5m', identitySources: ['method.request.header.Authorization', 'context.path'] }
    expect(made({ ...lambda, type: 'TOKEN', resultCache: two })).toThrow('has one source alone here')
  })
})
