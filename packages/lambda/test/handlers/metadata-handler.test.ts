import { expect, it } from 'vitest'
import { metadataHandler, withAuth } from '../../src/index.js'
import { httpApiEvent } from '../support/events.js'
import { ordersApi } from '../support/orders-api.js'

it('a function answers with the metadata that challenges name', async () => {
  const { api } = await ordersApi({}, { resource: 'https://api.example/orders' })
  const handler = metadataHandler(api)
  const { url, path, body } = api.metadata()
  expect(path).toBe('/.well-known/oauth-protected-resource/orders')
  expect(await handler()).toStrictEqual({
    statusCode: 200,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'public, max-age=3600',
      'Access-Control-Allow-Origin': '*',
    },
    body,
  })
  const denied = await withAuth(api, {}, () => ({ headers: {} }))(httpApiEvent(), {})
  expect(denied.headers).toMatchObject({ 'WWW-Authenticate': expect.stringContaining(`resource_metadata="${url}"`) })
})

it('a server without a resource has none, which shows when the function is made', async () => {
  const { api } = await ordersApi()
  expect(() => metadataHandler(api)).toThrow('resource')
  expect(() => metadataHandler({} as never)).toThrow('metadataHandler.api must be')
})
