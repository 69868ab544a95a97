import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { CreateAWSLambdaContextOptions } from '@trpc/server/adapters/aws-lambda'
import type { CreateExpressContextOptions } from '@trpc/server/adapters/express'
import type { CreateFastifyContextOptions } from '@trpc/server/adapters/fastify'
import type { FetchCreateContextFnOptions } from '@trpc/server/adapters/fetch'
import type { CreateNextContextOptions } from '@trpc/server/adapters/next'
import type { CreateHTTPContextOptions } from '@trpc/server/adapters/standalone'
import type { CreateWSSContextFnOptions } from '@trpc/server/adapters/ws'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { asPrincipal } from '@tokenward/core/testing'
import { authorizationServer, createResourceServer } from '../src/index.js'
import { type CallInfo, requestOf, type RequestSource, type TokenInConnectionParams } from '../src/request-source.js'

const HTTP: CallInfo = { connectionParams: null, type: 'query', url: new URL('https://api.example/trpc/me') }
const SUBSCRIPTION: CallInfo = { ...HTTP, type: 'subscription' }
const SOCKET: CallInfo = { ...HTTP, type: 'unknown', url: null }

type Headers = Record<string, string | string[]>
const node = (headers: Headers) => ({ method: 'GET', url: '/trpc/me', headers })
/** The same request as each adapter hands it over. */
const shapes = [
  ['a web Request', (headers: Headers) => ({ req: webRequest(headers) })],
  ['a request of Node', (headers: Headers) => ({ req: node(headers) })],
  ['a request of Fastify', (headers: Headers) => ({ req: { ...node({}), raw: node(headers) } })],
  ['an event of AWS', (headers: Headers) => ({ event: eventOf(headers) })],
] as const

function webRequest(headers: Headers): Request {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as [string, string]),
  )
  return new Request('https://api.example/trpc/me', { headers: pairs })
}

function eventOf(headers: Headers) {
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
  return { httpMethod: 'GET', path: '/trpc/me', multiValueHeaders }
}

/** What core makes of the request: how it is refused without being looked at any further tells what it carried. */
async function carried(source: RequestSource, accepted: TokenInConnectionParams = 'websocket') {
  const api = createResourceServer({
    issuers: [authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })],
  })
  const outcome = await api.authorize(requestOf(source, accepted))
  await api.close()
  if (outcome.outcome === 'granted') throw new Error('There is no such token')
  return { 'no-credentials': 'nothing', 'token-malformed': 'a token' }[outcome.reason as string] ?? 'too much'
}

describe.each(shapes)('%s', (_, source) => {
  const withParam = (info: CallInfo, headers: Headers = {}, name = 'authorization') => ({
    ...source(headers),
    info: { ...info, connectionParams: { [name]: 'Bearer x' } },
  })

  it('carries the token of its header, and no second one', async () => {
    expect(await carried({ ...source({}), info: HTTP })).toBe('nothing')
    expect(await carried({ ...source({ authorization: 'Bearer x' }), info: HTTP })).toBe('a token')
    expect(await carried({ ...source({ authorization: 'Bearer x' }) })).toBe('a token')
    expect(await carried({ ...source({ authorization: ['Bearer x', 'Bearer x'] }), info: HTTP })).toBe('too much')
  })

  it.each([
    ['websocket', 'a token', 'nothing', 'nothing'],
    ['websocket-and-sse', 'a token', 'a token', 'nothing'],
    ['nowhere', 'nothing', 'nothing', 'nothing'],
  ] as const)(
    'with %s carries that of connectionParams: on a socket %s, by SSE %s, else %s',
    async (place, ...expected) => {
      const found = [SOCKET, SUBSCRIPTION, HTTP].map((info) => carried(withParam(info), place))
      expect(await Promise.all(found)).toStrictEqual(expected)
    },
  )

  it.each(['websocket', 'websocket-and-sse', 'nowhere'] as const)(
    'with %s is refused with a token in both places',
    async (place) => {
      for (const info of [SOCKET, SUBSCRIPTION, HTTP]) {
        expect(await carried(withParam(info, { authorization: 'Bearer y' }), place)).toBe('too much')
        expect(await carried(withParam(info, { Authorization: 'Bearer y' }), place)).toBe('too much')
      }
    },
  )

  it('is refused with two tokens in connectionParams, and carries one whatever the case of its name', async () => {
    expect(await carried(withParam(SOCKET, {}, 'Authorization'))).toBe('a token')
    const connectionParams = { authorization: 'Bearer x', Authorization: 'Bearer x' }
    expect(await carried({ ...source({}), info: { ...SOCKET, connectionParams } })).toBe('too much')
    expect(
      await carried({ ...source({}), info: { ...SOCKET, connectionParams: { token: 'x', authorization: undefined } } }),
    ).toBe('nothing')
  })
})

it('keeps everything else of a request that connectionParams add to', () => {
  const message = Object.assign(new IncomingMessage(new Socket()), { url: '/trpc?connectionParams=1', method: 'GET' })
  message.headers['x-other'] = 'kept'
  const info = { ...SOCKET, connectionParams: { authorization: 'Bearer x' } }
  expect(requestOf({ req: message, info }, 'websocket')).toMatchObject({
    method: 'GET',
    url: '/trpc?connectionParams=1',
    headers: { 'x-other': 'kept', authorization: ['Bearer x'] },
  })
  const web = requestOf({ req: webRequest({ 'x-other': 'kept' }), info }, 'websocket')
  const get = web.headers.get as (name: string) => string | null
  expect([get('X-Other'), get('Authorization'), get('none')]).toStrictEqual(['kept', 'Bearer x', null])
})

it('keeps what is known of the connection, also beside connectionParams', () => {
  const connection = { remoteAddress: '10.0.3.7', clientCertificate: { pem: 'of the client', verified: true } }
  const info = { ...SOCKET, connectionParams: { authorization: 'Bearer x' } }
  for (const req of [{ ...node({}), ...connection }, Object.assign(webRequest({}), connection)]) {
    expect(requestOf({ req }, 'websocket')).toMatchObject(connection)
    expect(requestOf({ req, info }, 'websocket')).toMatchObject(connection)
  }
})

it('sees a second header that Node itself drops, also beside connectionParams', async () => {
  const req = {
    ...node({ authorization: 'Bearer x' }),
    rawHeaders: ['Authorization', 'Bearer x', 'authorization', 'Bearer y'],
  }
  expect(await carried({ req, info: HTTP })).toBe('too much')
  expect(await carried({ req, info: { ...SOCKET, connectionParams: { authorization: 'Bearer z' } } })).toBe('too much')
})

it('takes what every adapter of tRPC gives, as it is', async () => {
  expectTypeOf<FetchCreateContextFnOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateHTTPContextOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateExpressContextOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateFastifyContextOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateNextContextOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateWSSContextFnOptions>().toExtend<RequestSource>()
  expectTypeOf<CreateAWSLambdaContextOptions<APIGatewayProxyEvent>>().toExtend<RequestSource>()
  expectTypeOf<CreateAWSLambdaContextOptions<APIGatewayProxyEventV2>>().toExtend<RequestSource>()
  expect(await asPrincipal({ sub: 'u1' }).authorize(requestOf({ req: webRequest({}) }, 'nowhere'))).toBeTruthy()
})
