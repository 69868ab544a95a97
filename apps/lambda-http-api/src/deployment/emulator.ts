import { cloudFormation, type TemplateResource } from '@tokenward/lambda/wiring'
import { wiring } from './description.js'

/** The function behind each route. */
const functions: Readonly<Record<string, string>> = {
  'GET /health': 'health',
  'GET /orders': 'list',
  'GET /me': 'me',
  'POST /orders': 'add',
  'DELETE /orders/{id}': 'remove',
  'DELETE /orders': 'removeAll',
}

/** What a deployment would resolve from its stack. */
const settings = ['USER_POOL_ID', 'CLIENT_ID', 'COGNITO_ENDPOINT', 'KEYS_FILE']

const { Resources } = cloudFormation(wiring, {
  integration: { Ref: 'Integration' },
  authorizerFunctionArn: { 'Fn::GetAtt': ['Authorizer', 'Arn'] },
})
const resources = Object.entries(Resources)
const authorizers = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Authorizer')
const routes = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route')

/** The template that would be deployed, in the words of the emulator. */
export const emulatorConfiguration = {
  service: 'orders',
  frameworkVersion: '4',
  plugins: ['serverless-offline'],
  custom: { 'serverless-offline': { noPrependStageInUrl: true, ignoreJWTSignature: true } },
  provider: {
    name: 'aws',
    runtime: 'nodejs24.x',
    environment: Object.fromEntries(settings.map((name) => [name, process.env[name] ?? ''])),
    httpApi: {
      authorizers: Object.fromEntries(authorizers.map(([id, { Properties }]) => [id, authorizerOf(Properties)])),
    },
  },
  functions: {
    ordersAuthorizer: { handler: 'dist/functions/authorizer.handler' },
    ...Object.fromEntries(routes.map(([, { Properties }]) => functionBehind(Properties))),
  },
}

function authorizerOf(properties: TemplateResource['Properties']) {
  const { AuthorizerType, IdentitySource, JwtConfiguration } = properties as {
    readonly AuthorizerType: 'JWT' | 'REQUEST'
    readonly IdentitySource: readonly string[]
    readonly JwtConfiguration?: { readonly Issuer: string; readonly Audience: readonly string[] }
  }
  if (AuthorizerType === 'JWT') {
    const { Issuer: issuerUrl, Audience: audience } = JwtConfiguration as NonNullable<typeof JwtConfiguration>
    return { type: 'jwt', identitySource: IdentitySource[0], issuerUrl, audience }
  }
  return {
    type: 'request',
    functionName: 'ordersAuthorizer',
    identitySource: IdentitySource,
    payloadVersion: properties['AuthorizerPayloadFormatVersion'],
    enableSimpleResponses: properties['EnableSimpleResponses'],
    resultTtlInSeconds: properties['AuthorizerResultTtlInSeconds'],
  }
}

function functionBehind(properties: TemplateResource['Properties']): readonly [string, object] {
  const { RouteKey, AuthorizerId, AuthorizationScopes } = properties as {
    readonly RouteKey: string
    readonly AuthorizerId?: { readonly Ref: string }
    readonly AuthorizationScopes?: readonly string[]
  }
  const name = functions[RouteKey] as string
  const authorizer = AuthorizerId && {
    name: AuthorizerId.Ref,
    ...(AuthorizationScopes !== undefined && { scopes: AuthorizationScopes }),
  }
  const httpApi = { method: RouteKey.split(' ')[0], path: RouteKey.split(' ')[1], ...(authorizer && { authorizer }) }
  return [name, { handler: `dist/functions/orders.${name}`, events: [{ httpApi }] }]
}
