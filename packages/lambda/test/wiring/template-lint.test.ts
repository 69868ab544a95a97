import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { wiring as demo } from '../../../../apps/lambda-http-api/src/deployment/description.js'
import { ProtectedHttpApi } from '../../src/wiring/cdk.js'
import { cloudFormation, httpApiWiring, restApiWiring } from '../../src/wiring/index.js'
import { description, mutualTls } from '../support/orders-description.js'
import { lint } from '../support/template-lint.js'

const authorizerFunctionArn = { 'Fn::GetAtt': ['AuthorizerFunction', 'Arn'] }
const parts = { integration: 'a1b2c3d', authorizerFunctionArn }
const identitySources = ['$request.header.Authorization', '$context.routeKey', '$context.domainName']
const { 'DELETE /orders/{id}': _, ...unbounded } = description.routes

describe('the linter of AWS finds nothing wrong with', () => {
  it.each([
    ['the demo', demo],
    ['an HTTP API', httpApiWiring(description)],
    ['one with policy documents', httpApiWiring({ ...description, response: 'policy' })],
    [
      'one with mutual TLS and results that are kept',
      httpApiWiring({ ...description, routes: unbounded, mutualTls, resultCache: { ttl: '5m', identitySources } }),
    ],
  ])('the template of %s', (_name, wiring) => {
    expect(lint(cloudFormation(wiring, parts).Resources)).toStrictEqual([])
  })

  it('the template of a REST API', () => {
    const common = {
      name: 'orders',
      restApiId: { Ref: 'OrdersApi' },
      routes: { 'GET /orders': { authorizer: 'authorizer', policy: { scopes: ['orders/read'] } } },
    } as const
    const userPool = { userPoolId: { Ref: 'UserPool' } }
    const userPoolArn = { 'Fn::GetAtt': ['UserPool', 'Arn'] }
    const others = {
      OrdersApi: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'orders' } },
      UserPool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
    }
    for (const wiring of [
      restApiWiring({ ...common, type: 'TOKEN', authorizerFunctionArn }),
      restApiWiring({ ...common, type: 'REQUEST', authorizerFunctionArn }),
      restApiWiring({ ...common, type: 'COGNITO_USER_POOLS', userPool, userPoolArn, anyClient: true }),
    ]) {
      expect(lint({ ...others, ...wiring.Resources })).toStrictEqual([])
    }
  })

  it('the stack of CDK', () => {
    const stack = new Stack(new App(), 'Orders')
    const authorizerFunction = new LambdaFunction(stack, 'Authorizer', {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({})'),
    })
    const integration = new HttpUrlIntegration('Orders', 'https://orders.internal.example')
    const wiring = httpApiWiring({ ...description, mutualTls })
    const api = new ProtectedHttpApi(stack, 'OrdersApi', { wiring, integration, authorizerFunction })
    expect(api.apiMapping).toBeDefined()
    const { Resources, ...others } = Template.fromStack(stack).toJSON()
    // CDK itself writes this one down for every function it makes.
    const ofCdk = /^W3005 'AuthorizerServiceRole\w+' dependency already enforced/
    expect(lint(Resources, others).filter((finding) => !ofCdk.test(finding))).toStrictEqual([])
  })
})

it('the linter of AWS finds what is wrong with a template', () => {
  const { Resources } = cloudFormation(httpApiWiring(description), parts)
  const broken = (id: string, change: object) =>
    lint({
      ...Resources,
      [id]: { Type: Resources[id]?.Type ?? '', Properties: { ...Resources[id]?.Properties, ...change } },
    })
  expect(broken('OrdersApi', { Nmae: 'x' })).toMatchObject([expect.stringContaining("'Nmae' was unexpected")])
  expect(broken('OrdersLambdaAuthorizer', { EnableSimpleResponses: 'maybe' })).toHaveLength(1)
  expect(broken('OrdersStage', { ApiId: { Ref: 'OrdersAip' } })).toMatchObject([expect.stringContaining('OrdersAip')])
})
