import {
  appSyncAuthorizer,
  authMiddleware,
  cognitoUserPool,
  createResourceServer,
  currentPrincipal,
  definePolicy,
  gatewayPrincipal,
  httpApiAuthorizer,
  type JwtAuthorizedEvent,
  metadataHandler,
  restRequestAuthorizer,
  restTokenAuthorizer,
  type TokenwardEvent,
  webSocketAuthorizer,
  withAuth,
} from '@tokenward/lambda'
import { asPrincipal } from '@tokenward/lambda/testing'
import { httpApiWiring } from '@tokenward/lambda/wiring'
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayRequestAuthorizerHandler,
  APIGatewayTokenAuthorizerHandler,
  Context,
} from 'aws-lambda'
import { z } from 'zod'

// Exported without annotations: every type they mention must have a name in this one package, the only one of ours that
// is installed.
export const api = createResourceServer({
  issuers: [cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })],
  resource: 'https://api.example.com',
})
export const policy = definePolicy({ claims: z.object({ tenant: z.string() }) })
export const handler = withAuth(
  api,
  policy,
  async (event: APIGatewayProxyEvent, _: Context, { principal, granted }) => ({
    statusCode: 200,
    body: `${principal.claims.tenant} ${event.path} ${granted.principal.evidence.source}`,
  }),
)
export const middleware = authMiddleware(api, { scopes: ['orders/read'] })
export const caller = (event: object) => currentPrincipal(event)
export const metadata = metadataHandler(api)
export const behindGateway = async (event: APIGatewayProxyEventV2WithJWTAuthorizer) =>
  gatewayPrincipal(api, event satisfies JwtAuthorizedEvent, { policy })

export const wiring = httpApiWiring({
  name: 'orders',
  routes: {
    'GET /orders': { authorizer: 'lambda', policy: { scopes: ['orders/read'] } },
    $default: { authorizer: 'none' },
  },
})
export const ofHttpApi = httpApiAuthorizer(api, wiring.authorizerOptions)
export const byDocument = httpApiAuthorizer(api, { policy: {}, resultCache: 'off', response: 'policy' })
export const ofRequests: APIGatewayRequestAuthorizerHandler = restRequestAuthorizer(api, {
  policy: {},
  resultCache: 'off',
})
export const ofTokens: APIGatewayTokenAuthorizerHandler = restTokenAuthorizer(api, { policy: {}, resultCache: 'off' })
export const ofConnections = webSocketAuthorizer(api, { policy: {}, resultCache: 'off' })
export const ofGraph = appSyncAuthorizer(api, {
  policy: {},
  fields: { 'Query.margin': policy },
  resultCache: { ttl: '5m' },
})
export const inTest = () => asPrincipal({ sub: 'u1' })
export const count = (event: TokenwardEvent) => (event.type === 'request-refused' ? event.reason : undefined)
