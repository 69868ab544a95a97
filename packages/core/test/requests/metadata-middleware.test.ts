import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { metadataMiddleware } from '../../src/requests/node.js'
import { serverFor, testIssuer } from '../support/test-issuer.js'

async function served(prefix = '') {
  const { api } = serverFor(await testIssuer(), {}, { resource: 'https://api.example/orders' })
  const serve = metadataMiddleware(api.metadata())
  const server = createServer((request, response) => {
    // As a router does that is mounted at the prefix.
    const { method, url = '' } = request
    const mounted = prefix === '' ? request : { method, url: url.slice(prefix.length), originalUrl: url }
    serve(mounted, response, () => response.writeHead(401).end('next'))
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return (path: string, method = 'GET') => fetch(`${url}${path}`, { method })
}

const PATH = '/.well-known/oauth-protected-resource/orders'

describe('the middleware for metadata', () => {
  it('answers everybody at their path, whatever the query, and wherever it is mounted', async () => {
    for (const [send, path] of [
      [await served(), PATH],
      [await served(), `${PATH}?a=b`],
      [await served('/.well-known'), PATH],
    ] as const) {
      const response = await send(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.json()).toMatchObject({ resource: 'https://api.example/orders' })
    }
  })

  it('answers HEAD without a body', async () => {
    const response = await (await served())(PATH, 'HEAD')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  it('hands on every other path and method', async () => {
    const send = await served()
    for (const path of ['/', '/orders', `${PATH}/`, `${PATH}x`, `/x${PATH}`, '/.well-known/oauth-protected-resource']) {
      expect((await send(path)).status).toBe(401)
    }
    for (const method of ['POST', 'OPTIONS', 'DELETE']) expect((await send(PATH, method)).status).toBe(401)
  })
})
