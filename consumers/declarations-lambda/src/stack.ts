import { ProtectedHttpApi } from '@tokenward/lambda/wiring/cdk'
import { App, Stack } from 'aws-cdk-lib'
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda'
import { wiring } from './functions.js'

export const stack = new Stack(new App(), 'Orders')
export const authorizerFunction = new Function(stack, 'Authorizer', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async () => ({})'),
})
export const integration = new HttpUrlIntegration('Orders', 'https://orders.internal.example')
export const orders = new ProtectedHttpApi(stack, 'OrdersApi', { wiring, integration, authorizerFunction })
