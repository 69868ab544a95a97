import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NextApiHandler } from 'next'
import { apiResolver } from 'next/dist/server/api-utils/node/api-resolver.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNextAuth, definePolicy, namedCookie } from '../src/index.js'
import { asPrincipal } from '../src/testing.js'
import { CROSS_SITE, orders } from './support/orders.js'

/** Serves an API route as Next.js does, by its own code. */
async function serve(handler: NextApiHandler): Promise<string> {
  const context = { previewModeId: 'id', previewModeEncryptionKey: 'key', previewModeSigningKey: 'key' }
  const server = createServer((request, response) => {
    const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams)
    void apiResolver(request, response, query, handler, context as never, false, false, 'api')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('withAuthApi', () => {
  it('tells the handler who calls, and answers everybody else', async () => {
    const { pool, auth } = await orders()
    const url = await serve(
      auth.withAuthApi({ scopes: ['orders/read'] }, (request, response, { principal }) =>
        response.status(200).json({ subject: principal.subject, id: request.query['id'] }),
      ),
    )
    const call = (token?: string) =>
      fetch(`${url}/api/orders?id=7`, {
        headers: { connection: 'close', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      })
    const granted = await call(await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))
    expect(await granted.json()).toStrictEqual({ subject: 'u1', id: '7' })
    const refused = await call(await pool.accessToken({ scopes: ['orders/write'] }))
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders/read"')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(await refused.json()).toMatchObject({ error: 'insufficient_scope' })
    expect((await call()).status).toBe(401)
  })

  it('sees a second Authorization header, of which Node keeps the first', async () => {
    const { pool, auth } = await orders()
    const url = await serve(auth.withAuthApi({}, (_request, response) => response.status(200).end()))
    const token = await pool.accessToken()
    const { status } = await sendTwice(url, token)
    expect(status).toBe(400)
  })

  it('tells functions of a policy no parameters, which anybody could name in the query', async () => {
    const asked: unknown[] = []
    const decide = () => ({ decision: 'permit' as const })
    const auth = createNextAuth(asPrincipal({ sub: 'u1' }, { decisionPoint: { decide } }))
    const reading = definePolicy({
      action: 'read',
      resource: ({ request }) => {
        asked.push(request?.params)
        return { type: 'Order', id: '7' }
      },
    })
    const url = await serve(auth.withAuthApi(reading, (_request, response) => response.status(204).end()))
    expect((await fetch(`${url}/api/orders?id=8`, { headers: { connection: 'close' } })).status).toBe(204)
    expect(asked).toStrictEqual([undefined])
  })

  it('takes a cookie where that is asked for', async () => {
    const { pool, auth } = await orders({ tokenCookie: namedCookie('at') })
    const url = await serve(
      auth.withAuthApi({}, (_request, response) => response.status(204).end(), { acceptCookie: true }),
    )
    const cookie = `at=${await pool.accessToken()}`
    const status = async (method: string, headers: Record<string, string>) =>
      (await fetch(url, { method, headers: { cookie, connection: 'close', ...headers } })).status
    expect(await status('GET', {})).toBe(204)
    const { headers: seen } = await fetch(url, { headers: { cookie, connection: 'close' } })
    expect(seen.get('cache-control')).toBe('no-store')
    expect(await status('POST', { origin: url })).toBe(204)
    expect(await status('POST', { origin: CROSS_SITE.origin })).toBe(401)
    expect(await status('POST', { 'x-http-method-override': 'GET' })).toBe(401)
  })
})

async function sendTwice(url: string, token: string): Promise<{ readonly status: number }> {
  const { request } = await import('node:http')
  const { host } = new URL(url)
  const bearer = ['authorization', `Bearer ${token}`]
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { headers: ['host', host, 'connection', 'close', ...bearer, ...bearer] as never },
      (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0 })
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}
