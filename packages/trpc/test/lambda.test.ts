import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { describe, expect, it } from 'vitest'
import { authResponseMeta } from '../src/index.js'
import { ordersServer } from './support/orders-app.js'

const context = {} as Context

const restEvent = (path: string, headers: Record<string, string[]>) =>
  ({
    httpMethod: 'GET',
    path: `/trpc/${path}`,
    resource: '/trpc/{proxy+}',
    pathParameters: { proxy: path },
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: headers,
    queryStringParameters: { batch: '1' },
    multiValueQueryStringParameters: { batch: ['1'] },
    requestContext: { path: `/prod/trpc/${path}`, domainName: 'api.example', identity: { clientCert: null } },
  }) as unknown as APIGatewayProxyEvent

const httpEvent = (path: string, headers: Record<string, string>) =>
  ({
    version: '2.0',
    routeKey: 'GET /trpc/{proxy+}',
    rawPath: `/trpc/${path}`,
    rawQueryString: 'batch=1',
    pathParameters: { proxy: path },
    headers,
    requestContext: { domainName: 'api.example', http: { method: 'GET' } },
  }) as unknown as APIGatewayProxyEventV2

describe('on AWS Lambda', () => {
  it('a token in an event of an HTTP API opens the procedures of a batch', async () => {
    const { router, createContext, server } = await ordersServer()
    const handler = awsLambdaRequestHandler<typeof router, APIGatewayProxyEventV2>({
      router,
      createContext,
      responseMeta: authResponseMeta,
    })
    const token = await server.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const answer = await handler(httpEvent('me,orders.close', { authorization: `Bearer ${token}` }), context)
    expect(answer.statusCode).toBe(200)
    expect(JSON.parse(answer.body as string)).toMatchObject([
      { result: { data: { me: 'u1' } } },
      { result: { data: 'live-call' } },
    ])
    const anonymous = await handler(httpEvent('me,orders.list', {}), context)
    expect(anonymous).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': 'Bearer realm="orders"' } })
  })

  it('so does one in an event of a REST API, and two tokens are refused', async () => {
    const { router, createContext, server } = await ordersServer()
    const handler = awsLambdaRequestHandler<typeof router, APIGatewayProxyEvent>({
      router,
      createContext,
      responseMeta: authResponseMeta,
    })
    const bearer = `Bearer ${await server.accessToken({ sub: 'u1' })}`
    const answer = await handler(restEvent('me', { Authorization: [bearer] }), context)
    expect([answer.statusCode, JSON.parse(answer.body)]).toMatchObject([200, [{ result: { data: { me: 'u1' } } }]])
    const twice = await handler(restEvent('me', { Authorization: [bearer, bearer] }), context)
    expect([twice.statusCode, twice.headers?.['www-authenticate']]).toStrictEqual([
      400,
      expect.stringContaining('invalid_request'),
    ])
  })
})
