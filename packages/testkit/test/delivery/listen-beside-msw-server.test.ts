import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { expect, it, onTestFinished, vi } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { mswHandlers } from '../../src/msw.js'

const ORDER = 'https://orders.example/1'

/** The msw server of a project, with a rule for what nobody handles that shows whether it is asked. */
function projectServer() {
  const server = setupServer(http.get(ORDER, () => HttpResponse.text('one')))
  const unhandled: string[] = []
  const report = ({ url }: { readonly url: string }) => void unhandled.push(url)
  const options = {
    onUnhandledRequest: report,
    onUnhandledFrame: ({ frame }: { frame: { data: { request: Request } } }) => report(frame.data.request),
  }
  let isOpen = false
  const close = () => {
    if (isOpen) server.close()
    isOpen = false
  }
  onTestFinished(close)
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => quiet.mockRestore())
  const listen = () => {
    server.listen(options as Parameters<typeof server.listen>[0])
    isOpen = true
  }
  return { server, unhandled, listen, close }
}

async function pool() {
  const made = await fakeCognito()
  onTestFinished(() => made.close())
  return made
}

/** Whether the server of the project answers, and is asked about what it does not know. */
async function expectAlive({ unhandled }: ReturnType<typeof projectServer>): Promise<void> {
  expect(await (await fetch(ORDER)).text()).toBe('one')
  const strange = `https://strange-${Math.random()}.invalid/`
  await fetch(strange).catch(() => {})
  expect(unhandled).toContain(strange)
}

it('listen() is refused beside an msw server, which it would take the requests from', async () => {
  const project = projectServer()
  project.listen()
  const [made, server] = [await pool(), await fakeAuthorizationServer()]
  onTestFinished(() => server.close())
  await expect(made.listen()).rejects.toThrow(
    'fakeCognito: an msw server listens in this process already, and listen() would take its requests away; add the pool to that server, server.use(...mswHandlers(pool)) with mswHandlers of @tokenward/testkit/msw, or use pool.serve() or pool.fetch',
  )
  await expect(server.listen()).rejects.toThrow('fakeAuthorizationServer: an msw server listens in this process')
  await expectAlive(project)
  project.server.use(...mswHandlers(made))
  expect((await fetch(made.jwks.url)).status).toBe(200)
  await expectAlive(project)
})

it('listen() works again once that server is closed', async () => {
  const project = projectServer()
  const made = await pool()
  project.listen()
  await expect(made.listen()).rejects.toThrow('an msw server listens')
  project.close()
  await made.listen()
  expect((await fetch(made.jwks.url)).status).toBe(200)
})

it('several fakes may listen, one after the other and at once: they share one server', async () => {
  const [a, b] = [await pool(), await pool()]
  await Promise.all([a.listen(), b.listen()])
  await a.close()
  expect((await fetch(b.jwks.url)).status).toBe(200)
  await b.close()
  const c = await pool()
  await c.listen()
  expect((await fetch(c.jwks.url)).status).toBe(200)
})

it('an msw server that begins to listen later goes on when the fake closes, and so do fakes after that', async () => {
  const project = projectServer()
  const made = await pool()
  await made.listen()
  project.listen()
  await expectAlive(project)
  await made.close()
  await expectAlive(project)
  const another = await pool()
  await expect(another.listen()).rejects.toThrow('an msw server listens')
  project.close()
  await another.listen()
  expect((await fetch(another.jwks.url)).status).toBe(200)
  expect(another.jwks.hits).toBe(1)
  await another.close()
  expect(made.jwks.hits).toBe(0)
})
