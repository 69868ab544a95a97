import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { fromNodeRequest } from '../../src/requests/node.js'
import type { ProtectedRequest } from '../../src/index.js'
import { headerValues } from '../../src/vocabulary/protected-request.js'

/** Sends real headers over a real socket and describes what arrived. */
async function received(headers: string[], path = '/orders?a=1'): Promise<ProtectedRequest> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      resolve(fromNodeRequest(request))
      response.end()
    })
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      send({ port, path, method: 'DELETE', headers: ['host', 'localhost', ...headers] })
        .on('error', reject)
        .end()
    })
  })
}

it('keeps method, path, query and headers', async () => {
  expect(await received(['Authorization', 'Bearer a', 'X-Other', 'b'])).toMatchObject({
    method: 'DELETE',
    url: '/orders?a=1',
    headers: { authorization: 'Bearer a', 'x-other': 'b' },
  })
})

it('keeps a second Authorization header, which Node itself drops', async () => {
  const request = await received(['Authorization', 'Bearer a', 'authorization', 'Bearer b'])
  expect(request.headers['authorization']).toBe('Bearer a')
  expect(headerValues(request, 'authorization')).toStrictEqual(['Bearer a', 'Bearer b'])
})

it('takes the URL from before a router cut it', () => {
  expect(fromNodeRequest({ method: 'GET', url: '/', originalUrl: '/orders', headers: {} }).url).toBe('/orders')
})

it('hands on what a router took from the path', () => {
  const params = { id: '7' }
  expect(fromNodeRequest({ headers: {}, params }).params).toBe(params)
  const described = [null, undefined, 'id'].map((none) => fromNodeRequest({ headers: {}, params: none }).params)
  expect(described).toStrictEqual([undefined, undefined, undefined])
})

it('describes a request without raw headers, as test doubles have them', () => {
  const headers = { authorization: 'Bearer a' }
  expect(fromNodeRequest({ headers })).toStrictEqual({
    method: 'GET',
    url: '/',
    headers,
    rawHeaders: undefined,
    params: undefined,
  })
})
