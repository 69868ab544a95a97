import { describe, expect, it } from 'vitest'
import { httpApiWiring, sam } from '../../src/wiring/index.js'
import { description, mutualTls } from '../support/orders-description.js'

const authorizerFunctionArn = { 'Fn::GetAtt': ['AuthorizerFunction', 'Arn'] }

describe('a SAM template', () => {
  it('has the API with its authorizers, and an event for each route', () => {
    expect(sam(httpApiWiring(description), { authorizerFunctionArn })).toMatchSnapshot()
  })

  it('has a domain with mutual TLS, and no way around it', () => {
    const { Resources } = sam(httpApiWiring({ ...description, mutualTls }), { authorizerFunctionArn })
    expect(Resources['OrdersApi']?.Properties).toMatchObject({
      DisableExecuteApiEndpoint: true,
      Domain: { DomainName: 'api.example.com', MutualTlsAuthentication: { TruststoreUri: mutualTls.truststoreUri } },
    })
  })

  it('says where results are kept, and by what', () => {
    const { 'DELETE /orders/{id}': _, ...routes } = description.routes
    const identitySources = [
      '$request.header.Authorization',
      '$context.routeKey',
      '$stageVariables.tenant',
      '$request.querystring.v',
    ]
    const wiring = httpApiWiring({ ...description, routes, resultCache: { ttl: '5m', identitySources } })
    const { Resources } = sam(wiring, { authorizerFunctionArn })
    expect(Resources['OrdersApi']?.Properties).toMatchObject({
      Auth: {
        Authorizers: {
          lambda: {
            Identity: {
              Headers: ['Authorization'],
              Context: ['routeKey'],
              StageVariables: ['tenant'],
              QueryStrings: ['v'],
              ReauthorizeEvery: 300,
            },
          },
        },
      },
    })
  })

  it('has events without a place for the default route, and only authorizers that routes need', () => {
    const { Resources, events } = sam(httpApiWiring({ name: 'x', routes: { $default: { authorizer: 'none' } } }))
    expect(events).toMatchObject({ $default: { Properties: { Auth: { Authorizer: 'NONE' } } } })
    expect(Object.keys(events['$default']?.Properties ?? {})).toStrictEqual(['ApiId', 'Auth'])
    expect(Resources['XApi']?.Properties['Auth']).toStrictEqual({ Authorizers: {} })
  })

  it('is not made without its parts', () => {
    expect(() => sam(httpApiWiring(description))).toThrow('sam.authorizerFunctionArn must be text')
    expect(() => sam(httpApiWiring(description), { arn: 'x' } as never)).toThrow('sam.arn is not an option')
  })
})
