import { Controller, Get, Inject, Req } from '@nestjs/common'
import { fakeAuthorizationServer } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  clientSecretBasic,
  createResourceServer,
  CurrentPrincipal,
  type Evidence,
  fromNodeRequest,
  inMemoryRevocationList,
  type Principal,
  RequireScopes,
  RESOURCE_SERVER,
  type ResourceServer,
  revocationEntryFor,
  type TokenwardEvent,
} from '../src/index.js'
import { optionsFor, ordersPool, platforms, startApp } from './support/orders-app.js'

@Controller('accounts')
class AccountsController {
  readonly #api: ResourceServer

  constructor(@Inject(RESOURCE_SERVER) api: ResourceServer) {
    this.#api = api
  }

  @Get()
  @RequireScopes(['orders/read'])
  list(@CurrentPrincipal() caller: Principal): Evidence {
    return caller.evidence
  }

  /** What the decorators cannot say yet, a handler asks the server itself. */
  @Get('close')
  async close(@Req() request: Parameters<typeof fromNodeRequest>[0]) {
    const outcome = await this.#api.authorize(fromNodeRequest(request), { name: 'close', maxRevocationLag: '0s' })
    return outcome.outcome === 'granted' ? outcome.principal.evidence : { refused: outcome.reason }
  }
}

/** An application in front of an authorization server whose tokens are opaque. */
async function opaqueApp(adapter: (typeof platforms)[number][1]) {
  const server = await fakeAuthorizationServer({ served: true })
  onTestFinished(() => server.close())
  const { clientId, clientSecret } = server.client
  const revocationList = inMemoryRevocationList()
  const events: TokenwardEvent[] = []
  const issuer = authorizationServer({
    issuer: server.issuer,
    audience: 'https://api.example',
    opaqueTokens: true,
    introspection: { clientAuthentication: clientSecretBasic(clientId, clientSecret) },
    allowInsecureLoopback: true,
  })
  const { send } = await startApp({
    options: { issuers: [issuer], revocationList, clock: server.clock, onEvent: (event) => events.push(event) },
    controllers: [AccountsController],
    adapter,
  })
  const token = await server.opaqueToken({ sub: 'u1', scopes: ['orders/read'] })
  return { server, revocationList, events, send, token }
}

describe.each(platforms)('on %s', (_, adapter) => {
  it('an opaque token opens a handler by what its issuer says of it', async () => {
    const { server, send, token } = await opaqueApp(adapter)
    const first = await send('/accounts', { token })
    expect([first.status, await first.json()]).toMatchObject([200, { source: 'live-call' }])
    expect(await (await send('/accounts', { token })).json()).toMatchObject({ source: 'cached-answer' })
    expect(server.introspection.hits).toBe(1)
    expect((await send('/accounts', { token: await server.opaqueToken() })).status).toBe(403)
    expect((await send('/accounts', { token: 'made-up' })).status).toBe(401)
  })

  it('a bound on the lag of a revocation reaches the engine, and what is learned there closes the others', async () => {
    const { server, events, send, token } = await opaqueApp(adapter)
    for (let hits = 2; hits <= 3; hits++) {
      expect(await (await send('/accounts/close', { token })).json()).toMatchObject({ source: 'live-call' })
      expect(server.introspection.hits).toBe(hits)
    }
    server.clock.advance('1m')
    await server.revoke(token)
    expect((await send('/accounts', { token })).status).toBe(200)
    expect(await (await send('/accounts/close', { token })).json()).toStrictEqual({ refused: 'token-revoked' })
    const refused = await send('/accounts', { token })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(events.at(-1)).toMatchObject({
      type: 'request-refused',
      route: 'AccountsController.list',
      reason: 'token-revoked',
    })
  })

  it('an outage is a 503 with Retry-After, and no challenge', async () => {
    const { server, send, token } = await opaqueApp(adapter)
    server.introspection.fail()
    const response = await send('/accounts', { token })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.json()).toStrictEqual({
      error_description: 'The access token cannot be checked right now; try again',
    })
    server.introspection.recover()
    expect((await send('/accounts', { token })).status).toBe(200)
  })

  it('an entry of the revocation list closes every handler at once', async () => {
    const { server, revocationList, send, token } = await opaqueApp(adapter)
    expect((await send('/accounts', { token })).status).toBe(200)
    await revocationList.add({ kind: 'user', issuer: server.issuer, sub: 'u1', notBefore: server.clock.now() })
    expect((await send('/accounts', { token })).status).toBe(401)
  })
})

it('a server made outside the module keeps its policies and its list', async () => {
  const pool = await ordersPool()
  const revocationList = inMemoryRevocationList()
  onTestFinished(() => pool.close())
  const { issuers, clock } = optionsFor(pool) as Parameters<typeof createResourceServer>[0]
  const resourceServer = createResourceServer({ issuers, clock, fetch: pool.fetch, revocationList })
  onTestFinished(() => resourceServer.close())
  const { send } = await startApp({ options: { resourceServer }, controllers: [AccountsController] })
  const machine = await pool.m2mToken({ scopes: ['orders/read'] })
  expect(await (await send('/accounts', { token: machine })).json()).toMatchObject({ source: 'local-validation' })
  expect(await (await send('/accounts/close', { token: machine })).json()).toStrictEqual({
    refused: 'evidence-unobtainable',
  })
  const user = await pool.accessToken({ scopes: ['orders/read', 'aws.cognito.signin.user.admin'] })
  expect(await (await send('/accounts/close', { token: user })).json()).toMatchObject({ source: 'live-call' })
  await revocationList.add(revocationEntryFor(await resourceServer.verify(user), 'login'))
  expect((await send('/accounts', { token: user })).status).toBe(401)
})
