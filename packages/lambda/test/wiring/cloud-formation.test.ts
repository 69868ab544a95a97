import { describe, expect, it } from 'vitest'
import { cloudFormation, httpApiWiring } from '../../src/wiring/index.js'
import { description, mutualTls } from '../support/orders-description.js'

const parts = {
  integration: { Ref: 'OrdersIntegration' },
  authorizerFunctionArn: { 'Fn::GetAtt': ['AuthorizerFunction', 'Arn'] },
} as const

describe('a CloudFormation template', () => {
  it('has the API, its authorizers and its routes', () => {
    const { Resources } = cloudFormation(httpApiWiring(description), parts)
    expect(Resources).toMatchSnapshot()
  })

  it('has a domain with mutual TLS, and no way around it', () => {
    const { Resources } = cloudFormation(httpApiWiring({ ...description, mutualTls }), parts)
    expect(Resources['OrdersApi']?.Properties['DisableExecuteApiEndpoint']).toBe(true)
    const { OrdersDomainName, OrdersApiMapping } = Resources
    expect({ OrdersDomainName, OrdersApiMapping }).toMatchSnapshot()
  })

  it('says for how long results are kept, also that they are not', () => {
    const ttlOf = (wiring: ReturnType<typeof httpApiWiring>) =>
      cloudFormation(wiring, parts).Resources['OrdersLambdaAuthorizer']?.Properties
    expect(ttlOf(httpApiWiring(description))).toMatchObject({
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: ['$request.header.Authorization'],
    })
    const identitySources = ['$request.header.Authorization', '$context.routeKey']
    const { 'DELETE /orders/{id}': _, ...routes } = description.routes
    const kept = httpApiWiring({ ...description, routes, resultCache: { ttl: '5m', identitySources } })
    expect(ttlOf(kept)).toMatchObject({ AuthorizerResultTtlInSeconds: 300, IdentitySource: identitySources })
    const byPolicy = httpApiWiring({ ...description, routes, response: 'policy' })
    expect(ttlOf(byPolicy)).toMatchObject({ EnableSimpleResponses: false })
  })

  it('resolves pools of the same template, and takes other integrations', () => {
    const userPool = { userPoolId: { Ref: 'UserPool' }, clientIds: [{ Ref: 'WebClient' }] }
    const wiring = httpApiWiring({ ...description, userPool })
    const integrations = { 'GET /me': { Ref: 'MeIntegration' } }
    const { Resources } = cloudFormation(wiring, { ...parts, integrations })
    expect(Resources['OrdersJwtAuthorizer']?.Properties['JwtConfiguration']).toStrictEqual({
      Issuer: {
        'Fn::Sub': [
          'https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}',
          { UserPoolId: { Ref: 'UserPool' } },
        ],
      },
      Audience: [{ Ref: 'WebClient' }],
    })
    const targets = Object.values(Resources).map(({ Properties }) => JSON.stringify(Properties['Target']))
    expect(targets.filter((target) => target?.includes('MeIntegration'))).toHaveLength(1)
  })

  it('has only what its routes need', () => {
    const routes = { 'GET /health': { authorizer: 'none' } } as const
    const { Resources } = cloudFormation(httpApiWiring({ name: 'health', routes }), { integration: { Ref: 'I' } })
    expect(Object.values(Resources).map(({ Type }) => Type)).toStrictEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Stage',
      'AWS::ApiGatewayV2::Route',
    ])
  })

  it('has a name of its own for every route', () => {
    // Hashes that grow letter by letter give the last two one number.
    const keys = ['GET /a-b', 'GET /a/b', 'GET /ab', 'GET /A/b', '$default', 'ANY /{proxy+}', 'GET /a/_b', 'GET /a.~b']
    const routes = Object.fromEntries(keys.map((key) => [key, { authorizer: 'none' } as const]))
    const { Resources } = cloudFormation(httpApiWiring({ name: 'x', routes }), { integration: { Ref: 'I' } })
    expect(Object.keys(Resources)).toHaveLength(2 + keys.length)
    expect(Object.keys(Resources).every((id) => /^[A-Za-z0-9]+$/.test(id))).toBe(true)
  })

  it('is not made without its parts', () => {
    const wiring = httpApiWiring(description)
    const { integration } = parts
    expect(() => cloudFormation(wiring, { integration })).toThrow('cloudFormation.authorizerFunctionArn must be text')
    expect(() => cloudFormation(wiring, {} as never)).toThrow('cloudFormation.integration must be text')
    expect(() => cloudFormation(wiring, { ...parts, integrations: { 'GET /x': integration } })).toThrow(
      "cloudFormation.integrations has 'GET /x', which is no route",
    )
    expect(() => cloudFormation(wiring, { ...parts, api: 1 } as never)).toThrow('cloudFormation.api is not an option')
  })
})
