import type {
  ALBEvent,
  APIGatewayEventIdentity,
  APIGatewayEventRequestContextWithAuthorizer,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayRequestAuthorizerEvent,
  APIGatewayRequestAuthorizerEventV2,
  APIGatewayTokenAuthorizerEvent,
  AppSyncAuthorizerEvent,
  LambdaFunctionURLEvent,
} from 'aws-lambda'

/**
 * Whole events, as AWS writes them: the shapes are those of @types/aws-lambda, the values those of its documentation. What a
 * test is about is changed in a copy.
 */

const ACCOUNT = '123456789012'
export const API_ID = 'a1b2c3d4e5'
const STAGE = 'prod'
export const ARN = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:${API_ID}/${STAGE}`
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

export const clientCert = {
  clientCertPem: PEM,
  subjectDN: 'CN=client.example',
  issuerDN: 'CN=authority.example',
  serialNumber: 'a1:a1:a1',
  validity: { notBefore: 'May 28 12:30:02 2025 GMT', notAfter: 'Aug  5 09:36:04 2035 GMT' },
}

export interface RequestSample {
  readonly method?: string
  readonly path?: string
  readonly route?: string
  readonly headers?: Record<string, string>
  readonly pathParameters?: Record<string, string>
  readonly certificate?: typeof clientCert
}

const defaults = { method: 'GET', path: '/orders/7', route: '/orders/{id}', headers: {} as Record<string, string> }

/** A function behind a route of an HTTP API, payload format 2.0. */
export function httpApiEvent(sample: RequestSample = {}): APIGatewayProxyEventV2 {
  const { method, path, route, headers, pathParameters = { id: '7' }, certificate } = { ...defaults, ...sample }
  return {
    version: '2.0',
    routeKey: `${method} ${route}`,
    rawPath: `/${STAGE}${path}`,
    rawQueryString: 'page=1',
    headers: { accept: '*/*', host: `${API_ID}.execute-api.eu-west-1.amazonaws.com`, ...headers },
    queryStringParameters: { page: '1' },
    pathParameters,
    requestContext: {
      accountId: ACCOUNT,
      apiId: API_ID,
      ...(certificate && { authentication: { clientCert: certificate } }),
      domainName: `${API_ID}.execute-api.eu-west-1.amazonaws.com`,
      domainPrefix: API_ID,
      http: { method, path: `/${STAGE}${path}`, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${route}`,
      stage: STAGE,
      time: '27/Nov/2026:14:00:00 +0000',
      timeEpoch: 1_795_788_000_000,
    },
    isBase64Encoded: false,
  }
}

/** The same behind a JWT authorizer, with every claim as text. */
export function jwtAuthorizedEvent(
  claims: Record<string, unknown>,
  sample: RequestSample = {},
): APIGatewayProxyEventV2WithJWTAuthorizer {
  const event = httpApiEvent(sample)
  const authorizer = {
    principalId: '',
    integrationLatency: 0,
    jwt: { claims: gatewayClaims(claims), scopes: null as unknown as string[] },
  }
  return { ...event, requestContext: { ...event.requestContext, authorizer } }
}

/** Claims as the JWT authorizer of an HTTP API writes them (captured from live APIs). */
export function gatewayClaims(claims: Record<string, unknown>): Record<string, string> {
  const written = (value: unknown) => {
    if (Array.isArray(value)) return `[${value.join(' ')}]`
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, written(value)]),
  )
}

/** A function behind a route of a REST API. */
export function restEvent(
  sample: RequestSample = {},
  authorizer: object | undefined = undefined,
): APIGatewayProxyEvent {
  const { method, path, route, headers, pathParameters = { id: '7' } } = { ...defaults, ...sample }
  return {
    resource: route,
    path,
    httpMethod: method,
    headers: { Accept: '*/*', ...headers },
    multiValueHeaders: lists({ Accept: '*/*', ...headers }),
    queryStringParameters: { page: '1' },
    multiValueQueryStringParameters: { page: ['1'] },
    pathParameters,
    stageVariables: null,
    requestContext: restContext(sample, authorizer),
    body: null,
    isBase64Encoded: false,
  }
}

/** A function behind a route of an HTTP API that asks for payload format 1.0. */
export function httpApiEventV1(sample: RequestSample = {}, authorizer: object | undefined = undefined) {
  return { version: '1.0', ...restEvent(sample, authorizer) }
}

export function functionUrlEvent(sample: RequestSample = {}): LambdaFunctionURLEvent {
  const event = httpApiEvent(sample)
  return {
    ...event,
    routeKey: '$default',
    rawPath: sample.path ?? defaults.path,
    requestContext: { ...event.requestContext, routeKey: '$default', stage: '$default' },
  }
}

/** A target group sends single values, or lists. */
export function loadBalancerEvent(sample: RequestSample = {}, form: 'single' | 'lists' = 'single'): ALBEvent {
  const { method, path, headers } = { ...defaults, ...sample }
  const targetGroupArn = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/orders/6d0ecf831eec9f09`
  return {
    requestContext: { elb: { targetGroupArn } },
    httpMethod: method,
    path,
    ...(form === 'single'
      ? { headers: { accept: '*/*', ...headers }, queryStringParameters: { page: '1' } }
      : {
          multiValueHeaders: lists({ accept: '*/*', ...headers }),
          multiValueQueryStringParameters: { page: ['1'] },
        }),
    body: '',
    isBase64Encoded: false,
  }
}

/** For the authorizer of an HTTP API, payload format 2.0. */
export function httpAuthorizerEvent(sample: RequestSample = {}): APIGatewayRequestAuthorizerEventV2 {
  const { method, path, route, headers } = { ...defaults, ...sample }
  const { requestContext, queryStringParameters, pathParameters, rawPath, rawQueryString } = httpApiEvent(sample)
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${ARN}/${method}${path}`,
    identitySource: [headers['authorization'] ?? ''],
    routeKey: `${method} ${route}`,
    rawPath,
    rawQueryString,
    cookies: [],
    headers: { accept: '*/*', ...headers },
    ...(queryStringParameters && { queryStringParameters }),
    ...(pathParameters && { pathParameters }),
    requestContext,
  }
}

/** For a REQUEST authorizer of a REST API. */
export function restAuthorizerEvent(sample: RequestSample = {}): APIGatewayRequestAuthorizerEvent {
  const { method, path, route } = { ...defaults, ...sample }
  const { headers, multiValueHeaders, pathParameters } = restEvent(sample)
  return {
    type: 'REQUEST',
    methodArn: `${ARN}/${method}${path}`,
    resource: route,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders,
    pathParameters,
    queryStringParameters: { page: '1' },
    multiValueQueryStringParameters: { page: ['1'] },
    stageVariables: {},
    requestContext: restContext(sample, undefined),
  }
}

/** For the authorizer of an HTTP API that asks for payload format 1.0. */
export function httpAuthorizerEventV1(sample: RequestSample = {}) {
  const authorization = sample.headers?.['authorization'] ?? ''
  return {
    version: '1.0',
    ...restAuthorizerEvent(sample),
    identitySource: authorization,
    authorizationToken: authorization,
  }
}

/** For a TOKEN authorizer of a REST API. */
export function tokenAuthorizerEvent(token: string, request = 'GET/orders/7'): APIGatewayTokenAuthorizerEvent {
  return { type: 'TOKEN', methodArn: `${ARN}/${request}`, authorizationToken: token }
}

/** For the authorizer of `$connect` of a WebSocket API. */
export function connectAuthorizerEvent({
  headers = {},
  query = {},
  certificate,
}: {
  readonly headers?: Record<string, string>
  readonly query?: Record<string, string[]>
  readonly certificate?: typeof clientCert
} = {}) {
  return {
    type: 'REQUEST',
    methodArn: `${ARN}/$connect`,
    headers: { Connection: 'upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', ...headers },
    multiValueHeaders: lists({
      Connection: 'upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      ...headers,
    }),
    queryStringParameters: Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.at(-1)])),
    multiValueQueryStringParameters: query,
    stageVariables: {},
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: 'JKJaXmPLvHcESHA=',
      requestTime: '27/Nov/2026:14:00:00 +0000',
      messageDirection: 'IN',
      stage: STAGE,
      connectedAt: 1_795_788_000_000,
      requestTimeEpoch: 1_795_788_000_000,
      identity: { ...identity, clientCert: certificate ?? null },
      requestId: 'JKJaXmPLvHcESHA=',
      domainName: `${API_ID}.execute-api.eu-west-1.amazonaws.com`,
      connectionId: 'JKJaXcDoIAMCLSw=',
      apiId: API_ID,
    },
  }
}

/** For the authorizer of an AppSync API. */
export function appSyncAuthorizerEvent(
  authorizationToken: string,
  queryString = 'query { orders { id } }',
): AppSyncAuthorizerEvent {
  return {
    authorizationToken,
    requestContext: {
      apiId: 'q6ggwm5zqfgszjtnz4iatx7sam',
      accountId: ACCOUNT,
      requestId: '82035a43-bb90-4cf4-b498-d50bb74b663e',
      queryString,
      operationName: 'Orders',
      variables: {},
    },
    requestHeaders: { authorization: authorizationToken, 'x-forwarded-proto': 'https' },
  }
}

const identity: APIGatewayEventIdentity = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: '192.0.2.1',
  user: null,
  userAgent: 'agent',
  userArn: null,
}

function restContext<Authorizer>(
  sample: RequestSample,
  authorizer: Authorizer,
): APIGatewayEventRequestContextWithAuthorizer<Authorizer> {
  const { method, path, route, certificate } = { ...defaults, certificate: undefined, ...sample }
  return {
    accountId: ACCOUNT,
    apiId: API_ID,
    authorizer,
    domainName: `${API_ID}.execute-api.eu-west-1.amazonaws.com`,
    domainPrefix: API_ID,
    extendedRequestId: 'JKJaXmPLvHcESHA=',
    httpMethod: method,
    identity: { ...identity, clientCert: certificate ?? null },
    path: `/${STAGE}${path}`,
    protocol: 'HTTP/1.1',
    requestId: 'JKJaXmPLvHcESHA=',
    requestTime: '27/Nov/2026:14:00:00 +0000',
    requestTimeEpoch: 1_795_788_000_000,
    resourceId: '123456',
    resourcePath: route,
    stage: STAGE,
  }
}

function lists(values: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]))
}
