import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fakeCognito } from '@tokenward/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as secrets from '../fixture/lib/secrets.js'
import { type Build, bypassAttempts } from './support/bypass-attempts.js'
import { describeTo, fixture, startFixture, startFixtureWithoutProxy } from './support/fixture.js'
import type { NextProcess } from '../../../apps/nextjs-app/demo/next-process.ts'
import { type RawRequest, type RawResponse, sendRaw } from './support/raw-request.js'

const pool = await fakeCognito({ clients: ['web'] })
const build = await whatIsKnownOf(join(fixture, '.next'))
const attempts = bypassAttempts(build)

async function whatIsKnownOf(folder: string): Promise<Build> {
  const [id, references] = await Promise.all([
    readFile(join(folder, 'BUILD_ID'), 'utf8'),
    readFile(join(folder, 'server/server-reference-manifest.json'), 'utf8'),
  ])
  const functions = Object.entries<{ readonly exportedName: string }>(JSON.parse(references).node)
  const [action] = functions.find(([, { exportedName }]) => exportedName === 'wipe') as [string, unknown]
  return { id, action }
}

/** By a handler, by server code as its error or its redirect comes to a browser, or by the proxy. */
function isRefusal({ status, body, headers }: RawResponse): boolean {
  const inBody = /tokenward-40[13]|"__N_REDIRECT":"\/sign-in"/
  return status === 401 || status === 403 || inBody.test(body) || headers.location === '/sign-in'
}

afterAll(() => pool.close())

describe.each([
  ['with its proxy', startFixture],
  ['without a proxy', startFixtureWithoutProxy],
] as const)('an application %s', (name, start) => {
  let running: NextProcess
  beforeAll(async () => {
    const [{ url: endpoint }] = await Promise.all([pool.serve(), pool.publicKeys()])
    running = await start()
    const { userPoolId, issuer } = pool
    const jwksUri = `${endpoint}/${userPoolId}/.well-known/jwks.json`
    await describeTo(running, {
      realm: 'orders',
      issuers: [{ kind: 'cognito', issuer, userPoolId, clientId: ['web'], endpoint, jwksUri }],
      routes: [],
      cors: { origin: 'https://app.example', methods: [], allowedHeaders: [], exposedHeaders: [] },
      clock: pool.clock,
    })
  })
  afterAll(() => running.close())

  const send = (request: RawRequest, token?: string): Promise<RawResponse> =>
    sendRaw(running.url, {
      ...request,
      headers: { ...request.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    })
  /** Goes where answers lead, as clients do: the router of Next.js has to ask twice for data. */
  async function allAnswers(request: RawRequest, token?: string): Promise<readonly RawResponse[]> {
    const answers: RawResponse[] = [await send(request, token)]
    for (let times = 0; times < 3; times += 1) {
      const path: unknown = answers.at(-1)?.headers.location
      if (typeof path !== 'string' || !path.startsWith('/')) break
      answers.push(await send({ ...request, path }, token))
    }
    return answers
  }

  const tokenOf = (...groups: readonly string[]) => pool.accessToken({ sub: 'u1', groups })

  it('shows everything to whom it belongs', async () => {
    const staff = await tokenOf('staff')
    const shown = async (path: string, headers = {}) =>
      (await allAnswers({ path, headers }, staff)).map(({ body }) => body).join()
    for (const path of ['/admin', '/admin/users', '/admin/']) {
      expect(await shown(path), path).toContain(secrets.ADMIN_PAGE)
      expect(await shown(path, { rsc: '1' }), path).toContain(secrets.ADMIN_PAGE)
    }
    for (const path of ['/legacy', '/de/legacy', '/DE/legacy', `/_next/data/${build.id}/de/legacy.json`]) {
      expect(await shown(path), path).toContain(secrets.LEGACY_PAGE)
    }
    for (const path of ['/api/secret', '/api/secret/7']) expect(await shown(path), path).toContain(secrets.API_ROUTE)
    expect(await shown('/api/legacy')).toContain(secrets.LEGACY_API)
    expect(await shown('/api/identity')).toContain(secrets.UNMATCHED)
    expect(await shown('/own')).toContain(secrets.OWN_PAGE)
  })

  describe.each(Object.entries(attempts))('%s', (_title, requests) => {
    it.each([
      ['a stranger', async (): Promise<string | undefined> => undefined],
      ['a user whom the policy does not let in', () => tokenOf('guests')],
      ['a forged token', () => pool.forged.wrongKey({ groups: ['staff'] })],
    ] as const)('shows nothing to %s', async (_who, makeToken) => {
      const token = await makeToken()
      const before = running.output().length
      const refusals: string[] = []
      for (const request of requests) {
        for (const answer of await allAnswers(request, token)) {
          const { status, body, headers } = answer
          const told = `${request.method ?? 'GET'} ${request.path} ${JSON.stringify(request.headers ?? {})}: ${status}`
          if (isRefusal(answer)) refusals.push(told)
          for (const secret of Object.values(secrets)) {
            expect(body, told).not.toContain(secret)
            expect(JSON.stringify(headers), told).not.toContain(secret)
          }
        }
      }
      expect(running.output().slice(before)).not.toContain(secrets.WIPED)
      // What led nowhere at all would have shown nothing either.
      expect(refusals).not.toStrictEqual([])
    })
  })

  it(`${name === 'with its proxy' ? 'turns' : 'has nothing that turns'} strangers away before the page`, async () => {
    const { status, headers } = await send({ path: '/admin' })
    if (name === 'with its proxy') expect([status, headers.location]).toStrictEqual([307, '/sign-in'])
    else expect([status, headers.location]).toStrictEqual([500, undefined])
  })

  it('knows its caller by the token, whatever headers say', async () => {
    const { body } = await send({ path: '/api/identity', headers: { 'x-user-id': 'root' } }, await tokenOf('staff'))
    expect(JSON.parse(body)).toMatchObject({ subject: 'u1' })
    expect((await send({ path: '/api/identity', headers: { 'x-user-id': 'root' } })).status).toBe(401)
  })

  it(`${name === 'with its proxy' ? 'takes' : 'has nothing that takes'} a header away that names a caller`, async () => {
    const { body } = await send({ path: '/api/secret/7', headers: { 'x-user-id': 'root' } }, await tokenOf('staff'))
    expect(JSON.parse(body)).toMatchObject({ subject: 'u1', header: name === 'with its proxy' ? null : 'root' })
  })

  it('has a page that sends strangers to the sign-in by itself, and nobody else', async () => {
    const stranger = await send({ path: '/own' })
    expect([stranger.status, stranger.headers.location]).toStrictEqual([307, '/sign-in'])
    const guest = await send({ path: '/own' }, await tokenOf('guests'))
    expect([guest.status, guest.headers.location]).toStrictEqual([500, undefined])
    expect(guest.body).toContain('tokenward-403')
  })

  describe('a server function', () => {
    const call = (headers: Readonly<Record<string, string>>) =>
      send({
        method: 'POST',
        path: '/admin',
        body: '[]',
        headers: { 'next-action': build.action, 'content-type': 'text/plain;charset=UTF-8', ...headers },
      })
    const wiped = async (headers: Readonly<Record<string, string>>) => {
      const before = running.output().length
      await call(headers)
      return running.output().slice(before).includes(secrets.WIPED)
    }

    it('runs for no form that another site has a browser send, without an Origin either', async () => {
      const cookie = `__Host-at=${await tokenOf('staff')}`
      const own = { origin: running.url, host: new URL(running.url).host }
      const submitted = async (headers: Readonly<Record<string, string>>) => {
        const before = running.output().length
        await send({
          method: 'POST',
          path: '/admin',
          headers: { cookie, 'content-type': 'multipart/form-data; boundary=b', ...headers },
          body: `--b\r\nContent-Disposition: form-data; name="$ACTION_ID_${build.action}"\r\n\r\n\r\n--b--\r\n`,
        })
        return running.output().slice(before).includes(secrets.WIPED)
      }
      expect(await submitted(own)).toBe(true)
      expect(await submitted({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(false)
      expect(await submitted({})).toBe(false)
    })

    it('runs for a user who is signed in here, and for no page of another site', async () => {
      const cookie = `__Host-at=${await tokenOf('staff')}`
      const own = { origin: running.url, host: new URL(running.url).host, 'sec-fetch-site': 'same-origin' }
      expect(await wiped({ ...own, cookie })).toBe(true)
      expect(await wiped(own)).toBe(false)
      expect(await wiped({ cookie, 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' })).toBe(false)
      expect(await wiped({ cookie, 'sec-fetch-site': 'cross-site' })).toBe(false)
      expect(await wiped({ cookie })).toBe(false)
      expect(await wiped({ ...own, cookie: `__Host-at=${await tokenOf('guests')}` })).toBe(false)
    })
  })

  it('takes its cookie with POST from its own pages alone', async () => {
    const cookie = `__Host-at=${await tokenOf('staff')}`
    const status = async (headers: Readonly<Record<string, string>>) =>
      (await send({ method: 'POST', path: '/api/secret', headers: { cookie, ...headers } })).status
    expect(await status({ 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(await status({ 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' })).toBe(401)
    expect(await status({})).toBe(401)
  })

  it("says why requireAuth cannot stand inside 'use cache'", async () => {
    const { status } = await send({ path: '/cached' }, await tokenOf('staff'))
    expect(status).toBe(500)
    expect(running.output()).toContain("requireAuth() cannot be called inside 'use cache'")
  })

  it('protects routes on the edge runtime', async () => {
    const { status, headers } = await send({ path: '/api/edge' })
    expect([status, headers['www-authenticate']]).toStrictEqual([401, 'Bearer realm="edge"'])
    expect((await send({ path: '/api/edge' }, await tokenOf('staff'))).status).toBe(401)
  })
})
