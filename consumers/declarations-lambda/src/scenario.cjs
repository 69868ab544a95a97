// Runs functions without AWS, and synthesises a stack. Shared by both module formats; the packages are handed in, since how
// they are loaded is what differs.
const assert = require('node:assert/strict')
const { App, Stack } = require('aws-cdk-lib')
const { Template } = require('aws-cdk-lib/assertions')
const { HttpUrlIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations')
const { Code, Function: LambdaFunction, Runtime } = require('aws-cdk-lib/aws-lambda')

const eventWith = (headers) => ({
  version: '2.0',
  routeKey: 'GET /orders',
  routeArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/orders',
  rawPath: '/orders',
  rawQueryString: '',
  headers,
  requestContext: { http: { method: 'GET' } },
})

module.exports = async function scenario({ lambda, standalone, testing, wiring, cdk }) {
  testing.enableTestPrincipals()
  assert.deepEqual(Object.keys(standalone).toSorted(), Object.keys(lambda).toSorted())
  const described = wiring.httpApiWiring({
    name: 'orders',
    resultCache: { ttl: '1m', identitySources: ['$request.header.Authorization', '$context.routeKey'] },
    routes: { 'GET /orders': { authorizer: 'lambda', policy: { scopes: ['orders/read'] } } },
  })

  const reader = testing.asPrincipal({ sub: 'u1', scopes: ['orders/read'] })
  const authorizer = lambda.httpApiAuthorizer(reader, described.authorizerOptions)
  assert.equal((await authorizer(eventWith({}))).isAuthorized, true)
  const handler = lambda.withAuth(reader, { scopes: ['orders/write'] }, () => ({ statusCode: 200 }))
  assert.equal((await handler(eventWith({}), {})).statusCode, 403)

  for (const { authorizationServer, createResourceServer, httpApiAuthorizer, withAuth } of [lambda, standalone]) {
    const issuer = authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })
    const api = createResourceServer({ issuers: [issuer] })
    const refusing = withAuth(api, {}, () => ({ statusCode: 200 }))
    const { statusCode, headers } = await refusing(eventWith({ authorization: 'Bearer a.b.c' }), {})
    assert.equal(statusCode, 401)
    assert.match(headers['WWW-Authenticate'], /error="invalid_token"/)
    const deciding = httpApiAuthorizer(api, described.authorizerOptions)
    assert.deepEqual(await deciding(eventWith({ authorization: 'Bearer a.b.c' })), { isAuthorized: false })
    await api.close()
  }

  const stack = new Stack(new App(), 'Orders')
  const authorizerFunction = new LambdaFunction(stack, 'Authorizer', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({})'),
  })
  const integration = new HttpUrlIntegration('Orders', 'https://orders.internal.example')
  const { routes } = new cdk.ProtectedHttpApi(stack, 'Api', { wiring: described, integration, authorizerFunction })
  assert.deepEqual(Object.keys(routes), ['GET /orders'])
  Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
    AuthorizerType: 'REQUEST',
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    AuthorizerResultTtlInSeconds: 60,
  })
}
