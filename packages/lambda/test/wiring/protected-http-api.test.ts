import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cloudFormation, type HttpApiDescription, httpApiWiring } from '../../src/wiring/index.js'
import { ProtectedHttpApi } from '../../src/wiring/cdk.js'
import { description, mutualTls } from '../support/orders-description.js'

/** One belongs to one API. */
const orders = () => new HttpUrlIntegration('Orders', 'https://orders.internal.example')

function stackWith(changed: Partial<HttpApiDescription> | ((stack: Stack) => Partial<HttpApiDescription>) = {}) {
  const stack = new Stack(new App(), 'Stack')
  const authorizerFunction = new LambdaFunction(stack, 'AuthorizerFunction', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'authorizer.handler',
    code: Code.fromInline('exports.handler = async () => ({ isAuthorized: false })'),
  })
  const changes = typeof changed === 'function' ? changed(stack) : changed
  const wiring = httpApiWiring({ ...description, ...changes })
  const api = new ProtectedHttpApi(stack, 'Orders', { wiring, integration: orders(), authorizerFunction })
  return { stack, api, template: Template.fromStack(stack) }
}

describe('a stack of CDK', () => {
  it('has the API, its authorizers and its routes', () => {
    const { template, api } = stackWith()
    const json = template.toJSON() as { readonly Resources: Record<string, { readonly Type: string }> }
    const ofGateway = Object.entries(json.Resources).filter(([, { Type }]) => Type.startsWith('AWS::ApiGatewayV2::'))
    expect(Object.fromEntries(ofGateway)).toMatchSnapshot()
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 6)
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 2)
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'GET /orders',
      AuthorizationType: 'JWT',
      AuthorizationScopes: ['orders/read'],
    })
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /health', AuthorizationType: 'NONE' })
    expect(Object.keys(api.routes)).toStrictEqual(Object.keys(description.routes))
  })

  it('says what CDK would take for granted', () => {
    const { template } = stackWith()
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: ['$request.header.Authorization'],
    })
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'apigateway.amazonaws.com' })
    template.resourceCountIs('AWS::Cognito::UserPoolClient', 0)
  })

  it('takes policy documents, and other integrations', () => {
    const { 'DELETE /orders/{id}': _, ...routes } = description.routes
    const resultCache = { ttl: '5m', identitySources: ['$request.header.Authorization'] } as const
    const { template } = stackWith({ routes, response: 'policy', resultCache })
    const authorizers = Object.values(template.findResources('AWS::ApiGatewayV2::Authorizer'))
    const { Properties } = authorizers.find((one) => one['Properties'].AuthorizerType === 'REQUEST') ?? {}
    expect(Properties).toMatchObject({ AuthorizerPayloadFormatVersion: '1.0', AuthorizerResultTtlInSeconds: 300 })
    expect(Properties.EnableSimpleResponses).not.toBe(true)
    const stack = new Stack(new App(), 'Stack')
    const health = httpApiWiring({
      name: 'health',
      routes: { 'GET /health': { authorizer: 'none' }, $default: { authorizer: 'none' } },
    })
    const integrations = { 'GET /health': new HttpUrlIntegration('Health', 'https://health.internal.example') }
    const api = new ProtectedHttpApi(stack, 'Health', { wiring: health, integration: orders(), integrations })
    expect(api.domainName).toBeUndefined()
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Integration', 2)
  })

  it('has a domain with mutual TLS, and no way around it', () => {
    const { template, api } = stackWith({ mutualTls })
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true })
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'api.example.com',
      MutualTlsAuthentication: { TruststoreUri: 's3://truststores/clients.pem', TruststoreVersion: '7' },
    })
    template.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1)
    expect(api.domainName).toBeDefined()
  })

  it('resolves a pool of the same stack', () => {
    const { template } = stackWith((stack) => {
      const pool = new UserPool(stack, 'UserPool')
      const client = pool.addClient('Web')
      return { userPool: { userPoolId: pool.userPoolId, clientIds: [client.userPoolClientId] } }
    })
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: {
        Audience: [{ Ref: Match.stringLikeRegexp('UserPoolWeb') }],
        Issuer: {
          'Fn::Sub': [
            'https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/${UserPoolId}',
            { UserPoolId: { Ref: Match.stringLikeRegexp('UserPool') } },
          ],
        },
      },
    })
  })

  it('takes the CloudFormation form as well, and finds nothing wrong with it', () => {
    const wiring = httpApiWiring({ ...description, mutualTls })
    const fragment = cloudFormation(wiring, {
      integration: 'abc123',
      authorizerFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:x',
    })
    const folder = mkdtempSync(join(tmpdir(), 'tokenward-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'template.json'), JSON.stringify(fragment))
    const stack = new Stack(new App(), 'Stack')
    const include = new CfnInclude(stack, 'Included', { templateFile: join(folder, 'template.json') })
    expect(include.getResource('OrdersLambdaAuthorizer').cfnResourceType).toBe('AWS::ApiGatewayV2::Authorizer')
    expect(Template.fromStack(stack).toJSON()['Resources']).toStrictEqual(fragment.Resources)
  })

  it('is not made without its parts', () => {
    const stack = new Stack(new App(), 'Stack')
    const wiring = httpApiWiring(description)
    expect(() => new ProtectedHttpApi(stack, 'A', { wiring, integration: orders() })).toThrow(
      'ProtectedHttpApi.authorizerFunction is needed',
    )
    const integrations = { 'GET /x': orders() }
    expect(() => new ProtectedHttpApi(stack, 'B', { wiring, integration: orders(), integrations })).toThrow(
      "ProtectedHttpApi.integrations has 'GET /x', which is no route",
    )
  })
})
