import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { mswHandlers } from '../../src/msw.js'
import { form, operation, postByHttps } from '../support/doors.js'

type Handlers = Parameters<typeof setupServer>

/** An msw server as a project has it: strict about requests that nobody handles, which it counts. */
function projectServer(...handlers: Handlers) {
  const server = setupServer(...handlers)
  const unhandled: string[] = []
  const report = (request: Request, { error }: { error(): void }) => {
    unhandled.push(new URL(request.url).pathname)
    error()
  }
  server.listen({
    onUnhandledRequest: report,
    onUnhandledFrame: ({ frame, defaults }: { frame: { data: { request: Request } }; defaults: { error(): void } }) =>
      report(frame.data.request, defaults),
  } as Parameters<typeof server.listen>[0])
  onTestFinished(() => server.close())
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => quiet.mockRestore())
  return { server, unhandled }
}

async function pool() {
  const made = await fakeCognito()
  onTestFinished(() => made.close())
  return made
}

const getUser = (url: string, token: string) => fetch(url, operation('GetUser', { AccessToken: token }))

describe('handlers of fakes', () => {
  it('stand beside those of the project', async () => {
    const [a, b] = [await pool(), await pool()]
    const issuer = await fakeAuthorizationServer()
    onTestFinished(() => issuer.close())
    const orders = http.post('https://orders.example/*', async ({ request }) => HttpResponse.text(await request.text()))
    const { unhandled } = projectServer(orders, ...mswHandlers(a, b, issuer))

    expect(await (await fetch(a.jwks.url)).json()).toStrictEqual(await a.publicKeys())
    expect((await getUser(b.getUser.url, await b.accessToken())).status).toBe(200)
    const { clientId: client_id, clientSecret: client_secret } = issuer.client
    const request = form({ token: await issuer.opaqueToken(), client_id, client_secret })
    const { status, body } = await postByHttps(issuer.introspection.url, request.headers, String(request.body))
    expect([status, JSON.parse(body)]).toMatchObject([200, { active: true }])
    const ordered = await fetch('https://orders.example/1', { method: 'POST', body: 'one' })
    expect(await ordered.text()).toBe('one')
    expect([a.jwks.hits, a.getUser.hits, b.getUser.hits, issuer.introspection.hits]).toStrictEqual([1, 0, 1, 1])
    expect(unhandled).toStrictEqual([])
  })

  it('count, record and disturb as the doors do', async () => {
    const made = await pool()
    projectServer(...mswHandlers(made))
    const token = await made.accessToken()
    made.getUser.fail({ status: 500, times: 1 })
    expect((await getUser(made.getUser.url, token)).status).toBe(500)
    made.getUser.drop({ times: 1 })
    await expect(getUser(made.getUser.url, token)).rejects.toThrow(TypeError)
    expect((await getUser(made.getUser.url, token)).status).toBe(200)
    expect(made.getUser.hits).toBe(3)
    expect(made.getUser.requests.map(({ body }) => body)).toStrictEqual(
      Array(3).fill(JSON.stringify({ AccessToken: token })),
    )
  })

  it('leave everything else to the project, which refuses what nobody handles', async () => {
    const made = await pool()
    const { unhandled } = projectServer(...mswHandlers(made))
    await expect(fetch('https://orders.example/2')).rejects.toThrow()
    expect(unhandled).toStrictEqual(['/2'])
  })

  it('say where nothing is at their own addresses', async () => {
    const made = await pool()
    projectServer(...mswHandlers(made))
    const response = await fetch(`${made.issuer}/elsewhere`)
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { message: expect.stringContaining('fakeCognito: nothing answers GET') },
    ])
  })

  it('of several calls find the fake that is meant', async () => {
    const [a, b] = [await pool(), await pool()]
    projectServer(...mswHandlers(a), ...mswHandlers(b))
    expect(await (await fetch(b.jwks.url)).json()).toStrictEqual(await b.publicKeys())
    expect((await getUser(a.getUser.url, await b.accessToken())).status).toBe(200)
    expect([a.jwks.hits, a.getUser.hits, b.jwks.hits, b.getUser.hits]).toStrictEqual([0, 0, 1, 1])
    // What names neither of them is for the first.
    expect((await getUser(a.getUser.url, 'x')).status).toBe(400)
    expect([a.getUser.hits, b.getUser.hits]).toStrictEqual([1, 1])
  })

  it('say that a request is ambiguous, whether they came of one call or of several', async () => {
    const [a, b, c] = [await pool(), await pool(), await pool()]
    projectServer(...mswHandlers(a, b), ...mswHandlers(c))
    const ask = async () => {
      const input = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'test-client' }
      return (await (await fetch(a.initiateAuth.url, operation('InitiateAuth', input))).json()) as object
    }
    expect(await ask()).toMatchObject({
      __type: 'AmbiguousPoolException',
      message: expect.stringContaining(`${a.userPoolId} and ${b.userPoolId} and ${c.userPoolId} have the app client`),
    })
    await a.close()
    expect(await ask()).toMatchObject({ __type: 'AmbiguousPoolException' })
    await b.close()
    expect(await ask()).toMatchObject({ message: 'Missing required parameter USERNAME' })
    expect([a, b, c].map(({ initiateAuth }) => initiateAuth.hits)).toStrictEqual([0, 0, 1])
  })

  it('are refused for a second fake of the same issuer', async () => {
    const [a, b] = [await fakeCognito({ seed: 'same' }), await fakeCognito({ seed: 'same' })]
    for (const made of [a, b]) onTestFinished(() => made.close())
    expect(mswHandlers(a)).toHaveLength(1)
    expect(mswHandlers(a)).toHaveLength(1)
    expect(() => mswHandlers(b)).toThrow(`fakeCognito: another fake has handlers at ${a.issuer}; close it first`)
    await a.close()
    expect(mswHandlers(b)).toHaveLength(1)
  })

  it('may be there for one test', async () => {
    const made = await pool()
    const { server, unhandled } = projectServer()
    server.use(...mswHandlers(made))
    expect((await fetch(made.jwks.url)).status).toBe(200)
    server.resetHandlers()
    await expect(fetch(made.jwks.url)).rejects.toThrow()
    expect(unhandled).toStrictEqual([new URL(made.jwks.url).pathname])
  })

  it('answer no more when the fake closes, and those of others go on', async () => {
    const [a, b] = [await pool(), await pool()]
    const { unhandled } = projectServer(...mswHandlers(a, b))
    await a.close()
    expect((await fetch(b.jwks.url)).status).toBe(200)
    await b.close()
    await expect(fetch(b.jwks.url)).rejects.toThrow()
    expect(unhandled).toStrictEqual([new URL(b.jwks.url).pathname])
    expect(() => mswHandlers(a)).toThrow('fakeCognito: the pool was closed; make a new one')
  })

  it('are not made of something else', async () => {
    const made = await pool()
    const message =
      'mswHandlers takes what fakeCognito, fakeAuthorizationServer or fakeVerifiedPermissions made, one or more'
    expect(() => mswHandlers({ ...made })).toThrow(message)
    expect(() => mswHandlers(undefined as never)).toThrow(message)
    expect(() => (mswHandlers as () => unknown)()).toThrow(message)
  })
})
