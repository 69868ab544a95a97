import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { isBearerToken, readBearerCredentials } from '../../src/resource-server/bearer-credentials.js'
import { type AwsHttpEvent, fromAwsEvent } from '../../src/requests/aws.js'

/** What matters of an event, with the rest as types want it. */
const restApi = (event: Partial<APIGatewayProxyEvent> = {}) =>
  ({
    httpMethod: 'GET',
    path: '/orders',
    headers: {},
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: { path: '/prod/orders', identity: { clientCert: null } },
    ...event,
  }) as APIGatewayProxyEvent

const httpApi = (event: Partial<APIGatewayProxyEventV2> = {}) =>
  ({
    version: '2.0',
    rawPath: '/prod/orders',
    rawQueryString: '',
    headers: {},
    requestContext: { http: { method: 'GET' } },
    ...event,
  }) as APIGatewayProxyEventV2

const loadBalancer = (event: Partial<ALBEvent> = {}) =>
  ({
    httpMethod: 'GET',
    path: '/orders',
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders/1' } },
    ...event,
  }) as ALBEvent

/** The token, or why there is none. */
function credentialsOf(event: AwsHttpEvent) {
  const credentials = readBearerCredentials(fromAwsEvent(event))
  if ('none' in credentials) return { none: credentials.none }
  return isBearerToken(credentials.token) ? { token: credentials.token } : { none: 'authorization-malformed' }
}
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

describe('an event of a REST API', () => {
  it('has the method, the path with its stage, the query and the headers of the request', () => {
    const event = restApi({
      httpMethod: 'DELETE',
      headers: { Authorization: 'Bearer a', 'X-Other': 'b' },
      multiValueHeaders: { Authorization: ['Bearer a'], 'X-Other': ['a', 'b'] },
      queryStringParameters: { tag: 'c&d', page: '2' },
      multiValueQueryStringParameters: { tag: ['a b', 'c&d'], page: ['2'] },
    })
    expect(fromAwsEvent(event)).toStrictEqual({
      method: 'DELETE',
      url: '/prod/orders?tag=a+b&tag=c%26d&page=2',
      headers: { Authorization: ['Bearer a'], 'X-Other': ['a', 'b'] },
      clientCertificate: undefined,
      deliveredBy: undefined,
      params: undefined,
    })
    expect(credentialsOf(event)).toStrictEqual({ token: 'a' })
  })

  it('shows a second Authorization header, of which the single values have the last', () => {
    const event = restApi({
      headers: { Authorization: 'Bearer b' },
      multiValueHeaders: { Authorization: ['Bearer a', 'Bearer b'] },
    })
    expect(credentialsOf(event)).toStrictEqual({ none: 'several-credentials' })
  })

  it('shows headers whose names differ by case in both places once, and those that one place lacks', () => {
    const event = restApi({
      headers: { authorization: 'Bearer a', 'x-single': 's' },
      multiValueHeaders: { Authorization: ['Bearer a'] },
    })
    expect(fromAwsEvent(event).headers).toStrictEqual({ Authorization: ['Bearer a'], 'x-single': 's' })
  })

  it('shows a token in the query, however it is written there', () => {
    const headers = { Authorization: 'Bearer a' }
    const both = restApi({ headers, multiValueQueryStringParameters: { access_token: ['b'] } })
    expect(credentialsOf(both)).toStrictEqual({ none: 'several-credentials' })
    const single = restApi({ headers, queryStringParameters: { access_token: 'b' } })
    expect(credentialsOf(single)).toStrictEqual({ none: 'several-credentials' })
  })

  it('has the certificate that the gateway verified', () => {
    const identity = { clientCert: { clientCertPem: PEM } } as APIGatewayProxyEvent['requestContext']['identity']
    const requestContext = { path: '/orders', identity } as APIGatewayProxyEvent['requestContext']
    expect(fromAwsEvent(restApi({ requestContext })).clientCertificate).toStrictEqual({ pem: PEM, verified: true })
  })

  it('from the test button of the console, without any headers, has no credentials', () => {
    const event: AwsHttpEvent = { ...restApi(), headers: null, multiValueHeaders: null }
    expect(credentialsOf(event)).toStrictEqual({ none: 'no-credentials' })
  })

  it('for a Lambda authorizer is read the same way', () => {
    const { requestContext } = restApi()
    const event: APIGatewayRequestAuthorizerEvent = {
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:eu-west-1:1:a/prod/GET/orders',
      resource: '/orders',
      httpMethod: 'GET',
      path: '/orders',
      headers: { Authorization: 'Bearer a' },
      multiValueHeaders: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      stageVariables: null,
      requestContext: requestContext as APIGatewayRequestAuthorizerEvent['requestContext'],
    }
    expect(fromAwsEvent(event)).toMatchObject({ method: 'GET', url: '/prod/orders' })
    expect(credentialsOf(event)).toStrictEqual({ token: 'a' })
  })
})

describe('an event of an HTTP API or a function URL', () => {
  it('has the method, the path and query as they were sent, and the headers', () => {
    const event = httpApi({
      rawQueryString: 'tag=a%20b&tag=c',
      headers: { authorization: 'Bearer a', 'x-other': 'a,b' },
      requestContext: { http: { method: 'POST' } } as APIGatewayProxyEventV2['requestContext'],
    })
    expect(fromAwsEvent(event)).toStrictEqual({
      method: 'POST',
      url: '/prod/orders?tag=a%20b&tag=c',
      headers: { authorization: 'Bearer a', 'x-other': 'a,b' },
      clientCertificate: undefined,
      params: undefined,
    })
  })

  it('shows two Authorization headers, which come joined, and a token in the query', () => {
    const joined = httpApi({ headers: { authorization: 'Bearer a,Bearer b' } })
    expect(credentialsOf(joined)).toStrictEqual({ none: 'authorization-malformed' })
    const other = httpApi({ headers: { authorization: 'Basic x, Bearer b' } })
    expect(credentialsOf(other)).toStrictEqual({ none: 'several-credentials' })
    const query = httpApi({ headers: { authorization: 'Bearer a' }, rawQueryString: 'x=1&access%5Ftoken=b' })
    expect(credentialsOf(query)).toStrictEqual({ none: 'several-credentials' })
  })

  it('has the certificate that the gateway verified', () => {
    const requestContext = {
      http: { method: 'GET' },
      authentication: { clientCert: { clientCertPem: PEM } },
    } as APIGatewayProxyEventV2['requestContext']
    expect(fromAwsEvent(httpApi({ requestContext })).clientCertificate).toStrictEqual({ pem: PEM, verified: true })
  })
})

it.each([
  ['a REST API', restApi({ pathParameters: { id: '7' } })],
  ['an HTTP API', httpApi({ pathParameters: { id: '7' } })],
])('an event of %s has what the gateway took from the path', (_, event) => {
  expect(fromAwsEvent(event).params).toStrictEqual({ id: '7' })
})

describe('an event of a load balancer', () => {
  it('is read whether its target group sends single or multiple values', () => {
    const single = loadBalancer({ headers: { authorization: 'Bearer a' }, queryStringParameters: { page: '2' } })
    expect(fromAwsEvent(single)).toMatchObject({ url: '/orders?page=2', headers: { authorization: 'Bearer a' } })
    const several = loadBalancer({
      multiValueHeaders: { authorization: ['Bearer a', 'Bearer b'] },
      multiValueQueryStringParameters: { page: ['2', '3'] },
    })
    expect(fromAwsEvent(several).url).toBe('/orders?page=2&page=3')
    expect(credentialsOf(several)).toStrictEqual({ none: 'several-credentials' })
  })

  it('has its query as it was sent: the balancer decodes nothing', () => {
    const event = loadBalancer({
      headers: { authorization: 'Bearer a' },
      queryStringParameters: { tag: 'a%20b', 'access%5Ftoken': 'b' },
    })
    expect(fromAwsEvent(event).url).toBe('/orders?tag=a%20b&access%5Ftoken=b')
    expect(credentialsOf(event)).toStrictEqual({ none: 'several-credentials' })
  })
})
