import { expect, it } from 'vitest'
import { metadataHandler, withAuth } from '../../src/index.js'
import { httpApiEvent, loadBalancerEvent } from '../support/events.js'
import { ordersApi } from '../support/orders-api.js'

const HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'public, max-age=3600',
  'Access-Control-Allow-Origin': '*',
}

it('a function answers with the metadata that challenges name', async () => {
  const { api } = await ordersApi({}, { resource: 'https://api.example/orders' })
  const handler = metadataHandler(api)
  const { url, path, body } = api.metadata()
  expect(path).toBe('/.well-known/oauth-protected-resource/orders')
  expect(await handler(httpApiEvent())).toStrictEqual({
    statusCode: 200,
    statusDescription: '200 OK',
    headers: HEADERS,
    body,
    isBase64Encoded: false,
  })
  const denied = await withAuth(api, {}, () => ({ headers: {} }))(httpApiEvent(), {})
  expect(denied.headers).toMatchObject({ 'WWW-Authenticate': expect.stringContaining(`resource_metadata="${url}"`) })
})

it('a load balancer that sends lists of values is answered with lists', async () => {
  const { api } = await ordersApi({}, { resource: 'https://api.example/orders' })
  const answer = await metadataHandler(api)(loadBalancerEvent({}, 'lists'))
  expect(answer).toMatchObject({
    statusCode: 200,
    headers: {},
    multiValueHeaders: Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, [value]])),
  })
})

it('a server without a resource has none, which shows when the function is made', async () => {
  const { api } = await ordersApi()
  expect(() => metadataHandler(api)).toThrow('resource')
  expect(() => metadataHandler({} as never)).toThrow('metadataHandler.api must be')
})
