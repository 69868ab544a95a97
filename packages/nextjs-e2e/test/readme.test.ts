import { fakeCognito } from '@tokenward/testkit'
import { join } from 'node:path'
import { encode } from 'next-auth/jwt'
import type { AuthFunctions } from '@tokenward/nextjs'
import { routeContext, routeRequest } from '@tokenward/nextjs/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildApp, readmeFiles, writeApp } from './support/readme-app.js'

const files = await readmeFiles()

/** Writes the code of the README for a pool that answers at the addresses of AWS, inside this process. */
async function readmeApp(name: string) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  onTestFinished(() => pool.close())
  await pool.listen()
  const entries = Object.entries(files).map(([path, code]) => [
    path,
    code
      .replaceAll('eu-west-1_AbCdEf123', pool.userPoolId)
      .replaceAll('your-app-client-id', 'web')
      .replaceAll("'api'", `'${name}'`),
  ])
  const folder = await writeApp(name, Object.fromEntries(entries))
  return { pool, load: (path: string): Promise<never> => import(/* @vite-ignore */ join(folder, path)) as never }
}

type Handler = (request: Request, context: object) => Promise<Response>

describe('the README', () => {
  it('has a quick start that protects a route', async () => {
    const { pool, load } = await readmeApp('quick-start')
    const { GET } = (await load('app/orders/route.ts')) as { GET: Handler }
    const call = async (token?: string) =>
      GET(routeRequest('/orders', token === undefined ? {} : { token }), routeContext())
    expect(await (await call(await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] }))).json()).toStrictEqual({
      orders: 'of u1',
    })
    expect((await call(await pool.accessToken({ scopes: ['orders/write'] }))).status).toBe(403)
    expect((await call(await pool.forged.wrongKey({ scopes: ['orders/read'] }))).status).toBe(401)
    const anonymous = await call()
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer realm="api"'])
  })

  it('has a route that asks the pool about each request', async () => {
    const { pool, load } = await readmeApp('dynamic-route')
    const { DELETE } = (await load('app/orders/[id]/route.ts')) as { DELETE: Handler }
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/write', 'aws.cognito.signin.user.admin'] })
    const call = () => DELETE(routeRequest('/orders/7', { method: 'DELETE', token }), routeContext({ id: '7' }))
    expect(await (await call()).json()).toMatchObject({ deleted: '7', by: 'u1', evidence: { source: 'live-call' } })
    await pool.revoke(token)
    expect((await call()).status).toBe(401)
    const unaskable = await pool.accessToken({ scopes: ['orders/write'] })
    const request = routeRequest('/orders/7', { method: 'DELETE', token: unaskable })
    expect((await DELETE(request, routeContext({ id: '7' }))).status).toBe(403)
  })

  it('finds the token of a session of Auth.js', async () => {
    vi.stubEnv('NEXTAUTH_SECRET', 'a secret of this test')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { pool, load } = await readmeApp('authjs')
    const { withAuth } = (await load('lib/auth-with-authjs.ts')) as {
      withAuth: AuthFunctions['withAuth']
    }
    const GET = withAuth({}, (_request, { principal }) => new Response(principal.subject), { acceptCookie: true })
    const accessToken = await pool.accessToken({ sub: 'u1', claims: { filling: 'x'.repeat(3_000) } })
    const session = await encode({ token: { accessToken }, secret: 'a secret of this test' })
    const parts = [session.slice(0, 3_900), session.slice(3_900)]
    expect(parts[1]).not.toBe('')
    const cookies = Object.fromEntries(parts.map((part, index) => [`__Secure-next-auth.session-token.${index}`, part]))
    expect(await (await GET(routeRequest('/', { cookies }), routeContext())).text()).toBe('u1')
    const tampered = { ...cookies, '__Secure-next-auth.session-token.0': `x${parts[0]}` }
    expect((await GET(routeRequest('/', { cookies: tampered }), routeContext())).status).toBe(401)
    expect((await GET(routeRequest('/'), routeContext())).status).toBe(401)
  })

  it('prints an application that Next.js builds, with Cache Components', async () => {
    // The proxy has two names, of which an application has one.
    const { 'middleware.ts': _, ...app } = files
    await buildApp(await writeApp('built', app))
  })

  describe.each(Object.keys(files).filter((path) => path.startsWith('test/')))('prints %s, which', async (path) => {
    await import(/* @vite-ignore */ join(await writeApp(path.replaceAll(/\W/g, '-'), files), path))
  })
})
