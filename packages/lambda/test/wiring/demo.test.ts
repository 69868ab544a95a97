import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { description, wiring } from '../../../../apps/lambda-http-api/src/deployment/description.js'
import { emulatorConfiguration } from '../../../../apps/lambda-http-api/src/deployment/emulator.js'
import { ProtectedHttpApi } from '../../src/wiring/cdk.js'
import { cloudFormation, sam } from '../../src/wiring/index.js'

// What apps/lambda-http-api describes once, in every form.
describe('the demo', () => {
  it('has a CloudFormation template', () => {
    const parts = { integration: { Ref: 'OrdersIntegration' }, authorizerFunctionArn: { Ref: 'AuthorizerArn' } }
    expect(cloudFormation(wiring, parts)).toMatchSnapshot()
  })

  it('has a SAM template', () => {
    expect(sam(wiring, { authorizerFunctionArn: { Ref: 'AuthorizerArn' } })).toMatchSnapshot()
  })

  it('has a stack of CDK', () => {
    const stack = new Stack(new App(), 'Orders')
    const functionOf = (name: string) =>
      new LambdaFunction(stack, name, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => ({})'),
      })
    const integration = new HttpLambdaIntegration('OrdersIntegration', functionOf('Orders'))
    const api = new ProtectedHttpApi(stack, 'OrdersApi', {
      wiring,
      integration,
      authorizerFunction: functionOf('Authorizer'),
    })
    expect(Object.keys(api.routes)).toStrictEqual(Object.keys(description.routes))
    expect(Template.fromStack(stack).toJSON()).toMatchSnapshot()
  })

  it('is what its emulator is configured with', () => {
    const { provider, functions } = emulatorConfiguration
    expect(provider.httpApi.authorizers).toStrictEqual({
      OrdersJwtAuthorizer: {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        issuerUrl: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
        audience: ['web'],
      },
      OrdersLambdaAuthorizer: {
        type: 'request',
        functionName: 'ordersAuthorizer',
        identitySource: ['$request.header.Authorization', '$context.routeKey'],
        payloadVersion: '2.0',
        enableSimpleResponses: true,
        resultTtlInSeconds: 4,
      },
    })
    const events = Object.values(functions).flatMap((one) => ('events' in one ? (one.events as object[]) : []))
    expect(events).toHaveLength(Object.keys(description.routes).length)
    expect(events).toContainEqual({
      httpApi: { method: 'GET', path: '/orders', authorizer: { name: 'OrdersJwtAuthorizer', scopes: ['orders/read'] } },
    })
    expect(events).toContainEqual({ httpApi: { method: 'GET', path: '/health' } })
  })
})
