import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../src/index.js'
import { mswHandlers } from '../src/msw.js'
import { closeAfter } from '../src/node-test.js'

const orders = { clients: ['web'], resourceServers: { orders: ['read'] } } as const

type Anything = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>

/** A pool as plain JavaScript sees it: whatever is called, with whatever is given. */
async function poolForAnything(): Promise<Anything> {
  const pool = await fakeCognito(orders)
  onTestFinished(() => pool.close())
  return pool as never
}

async function serverForAnything(): Promise<Anything> {
  const server = await fakeAuthorizationServer()
  onTestFinished(() => server.close())
  return server as never
}

/** What a call throws, or what its promise is rejected with. */
async function errorOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
  return 'nothing was thrown'
}

describe('options that are none', () => {
  it.each<[unknown, string]>([
    ['web', 'the pool takes an object, { clients, users, resourceServers, … }, not text'],
    [null, 'the pool takes an object, { clients, users, resourceServers, … }, not null'],
    [['web'], 'the pool takes an object, { clients, users, resourceServers, … }, not a list'],
    [Promise.resolve({}), 'the pool takes an object, { clients, users, resourceServers, … }, not a promise; await it'],
    [
      { resourceServers: null },
      "resourceServers must map identifiers to lists of scope names: { orders: ['read'] }, not",
    ],
    [{ resourceServers: ['orders/read'] }, "lists of scope names: { orders: ['read'] }, not a list"],
    [
      { resourceServers: { orders: ['orders/read'] } },
      "resourceServers.orders takes names without spaces and slashes, as 'read' for the scope orders/read",
    ],
    [{ resourceServers: { orders: [5] } }, 'resourceServers.orders takes names without spaces'],
  ])('of a pool: %j', async (options, message) => {
    expect(await errorOf(() => fakeCognito(options as never))).toContain(message)
  })

  it.each<[unknown, string]>([
    ['https://id.example', 'the server takes an object, { issuer, served, algorithm, … }, not text'],
    [null, 'the server takes an object, { issuer, served, algorithm, … }, not null'],
  ])('of a server: %j', async (options, message) => {
    expect(await errorOf(() => fakeAuthorizationServer(options as never))).toContain(
      `TypeError: fakeAuthorizationServer: ${message}`,
    )
  })
})

describe('a token of the pool', () => {
  it.each<[string, unknown, string]>([
    ['accessToken', null, 'accessToken takes an object, { clientId, expiresIn, claims, … }, not null'],
    ['accessToken', 'u1', 'accessToken takes an object, { clientId, expiresIn, claims, … }, not text'],
    ['accessToken', { sub: 5 }, 'accessToken takes sub as text, not a number'],
    ['accessToken', { sub: '' }, 'accessToken takes sub as text, not empty text'],
    ['accessToken', { username: null }, 'accessToken takes username as text, not null'],
    ['accessToken', { clientId: ['web'] }, 'accessToken takes clientId as text, not a list'],
    ['accessToken', { claims: 'x' }, 'accessToken takes claims as an object of claims, not text'],
    ['accessToken', { claims: [] }, 'accessToken takes claims as an object of claims, not a list'],
    ['accessToken', { groups: [5] }, 'accessToken takes groups as a list of texts, not a list of something else'],
    ['accessToken', { scopes: [undefined] }, 'accessToken takes scopes as a list of texts, not a list of something'],
    ['accessToken', { resource: 'nonsense' }, 'accessToken takes resource as a URL without a fragment (RFC 8707)'],
    ['accessToken', { resource: 'https://api.example/#x' }, 'accessToken takes resource as a URL without a fragment'],
    ['accessToken', { resource: 'http://api.example' }, 'https, http on localhost, or a scheme of an app'],
    ['accessToken', { resource: 5 }, 'accessToken takes resource as a URL'],
    [
      'accessToken',
      { authTime: 'yesterday' },
      "authTime must be a Date, or a duration from now in whole ms, s, m, h or d, such as '5s' or '-10m'",
    ],
    ['accessToken', { authTime: new Date('x') }, "such as '5s' or '-10m', not a Date that is invalid"],
    [
      'accessToken',
      { authTime: 1_764_000_000 },
      'authTime looks like an instant, and numbers are milliseconds from now',
    ],
    [
      'accessToken',
      { expiresIn: '5 min' },
      "must be milliseconds, or whole ms, s, m, h or d such as '30s', not other text",
    ],
    ['accessToken', { authTime: 'yesterday' }, "such as '5s' or '-10m', not other text"],
    ['signIn', null, 'signIn takes an object, { clientId, expiresIn, claims, … }, not null'],
    ['signIn', { sub: 5 }, 'signIn takes sub as text, not a number'],
    ['m2mToken', { claims: 'x' }, 'm2mToken takes claims as an object of claims, not text'],
    ['idToken', { email: 5 }, 'idToken takes email as text, not a number'],
    ['idToken', null, 'idToken takes an object, { clientId, expiresIn, claims, … }, not null'],
  ])('%s(%j) is refused', async (method, request, message) => {
    const pool = await poolForAnything()
    const error = await errorOf(() => pool[method]?.(request))
    expect(error).toMatch(/^TypeError: fakeCognito: /)
    expect(error).toContain(message)
  })

  it('of a forger is refused by the name of the forgery', async () => {
    const { forged } = await fakeCognito(orders)
    for (const [kind, forge] of Object.entries(forged) as unknown as [string, (request: unknown) => unknown][]) {
      expect(await errorOf(() => forge({ scope: 'orders/read' }))).toContain(
        `fakeCognito: forged.${kind} knows no scope`,
      )
      expect(await errorOf(() => forge({ scopes: ['orders/delete'] }))).toContain('the pool has no scope orders/delete')
      expect(await errorOf(() => forge(null))).toContain(`forged.${kind} takes an object`)
    }
  })
})

describe('an unknown scope', () => {
  const servers = { orders: ['read'], 'https://api.example': ['a', 'b'], empty: [] }

  it.each([
    ['orders/write', ': orders has read; add write to resourceServers.orders'],
    ['empty/a', ': empty has none; add a to resourceServers.empty'],
    ['https://api.example/c', ": https://api.example has a, b; add c to resourceServers['https://api.example']"],
    ['prices/read', "; declare its resource server in resourceServers: { prices: ['read'] }"],
    ['https://b.example/x', "; declare its resource server in resourceServers: { 'https://b.example': ['x'] }"],
    ['toString/read', "; declare its resource server in resourceServers: { toString: ['read'] }"],
    ['read', "; one of a resource server is written 'orders/read', for resourceServers: { orders: ['read'] }"],
    ['orders/', "; one of a resource server is written 'orders/read', for resourceServers: { orders: ['read'] }"],
  ])('%s: the error says what to add, and where', async (scope, advice) => {
    const pool = await fakeCognito({ resourceServers: servers })
    for (const attempt of [
      pool.accessToken({ scopes: [scope as never] }),
      pool.m2mToken({ scopes: [scope as never] }),
    ]) {
      await expect(attempt).rejects.toThrow(`fakeCognito: the pool has no scope ${scope}${advice}`)
    }
    const client = { clientId: 'web', scopes: [scope as never] }
    await expect(fakeCognito({ clients: [client], resourceServers: servers })).rejects.toThrow(
      `the client web cannot have the scope ${scope}: the pool has no scope ${scope}${advice}`,
    )
  })
})

describe('a token of the server', () => {
  it.each<[string, unknown, string]>([
    ['accessToken', null, 'accessToken takes an object, { sub, clientId, scopes, … }, not null'],
    ['accessToken', { sub: 5 }, 'accessToken takes sub as text, not a number'],
    ['accessToken', { claims: 'x' }, 'accessToken takes claims as an object of claims, not text'],
    ['accessToken', { cnf: 'x' }, 'accessToken takes cnf as an object of claims, not text'],
    [
      'opaqueToken',
      { audience: [5] },
      'opaqueToken takes audience as text, or a list of texts, not a list of something',
    ],
    ['opaqueToken', { audience: [] }, 'opaqueToken takes audience as text, or a list of texts'],
    [
      'opaqueToken',
      { scopes: ['read write'] },
      "opaqueToken takes scopes one by one, without spaces: ['read', 'write']",
    ],
  ])('%s(%j) is refused', async (method, request, message) => {
    const server = await serverForAnything()
    expect(await errorOf(() => server[method]?.(request))).toContain(`TypeError: fakeAuthorizationServer: ${message}`)
  })
})

describe('a forgotten await', () => {
  it('is told by whoever takes a token', async () => {
    const [pool, server] = [await poolForAnything(), await serverForAnything()]
    for (const [fake, maker] of [
      [pool, 'fakeCognito'],
      [server, 'fakeAuthorizationServer'],
    ] as const) {
      expect(await errorOf(() => fake['revoke']?.(fake['accessToken']?.()))).toBe(
        `TypeError: ${maker}: revoke takes a token, not a promise; await it first`,
      )
      expect(await errorOf(() => fake['revoke']?.())).toBe(`TypeError: ${maker}: revoke takes a token, not undefined`)
    }
    const { introspection } = server as never as { readonly introspection: Anything }
    expect(await errorOf(() => introspection['answerWith']?.(server['opaqueToken']?.(), {}))).toContain(
      'answerWith takes a token, not a promise; await it first',
    )
    expect(await errorOf(() => introspection['answerWith']?.('token', 'inactive'))).toContain(
      'answerWith takes members as an object, { active: false }, not text',
    )
  })

  it.each(['revokeUser', 'disableUser', 'deleteUser'])('is told by %s', async (method) => {
    const pool = await poolForAnything()
    expect(await errorOf(() => pool[method]?.(Promise.resolve('u1')))).toBe(
      `TypeError: fakeCognito: ${method} takes a sub or a username, not a promise; await it first`,
    )
    expect(await errorOf(() => pool[method]?.())).toContain(`${method} takes a sub or a username, not undefined`)
  })

  it('is told by revokeLogin and signInAs', async () => {
    const pool = await poolForAnything()
    expect(await errorOf(() => pool['revokeLogin']?.({ origin_jti: 'x' }))).toContain(
      'revokeLogin takes the origin_jti of a token, not an object',
    )
    const { authorize } = pool as never as { readonly authorize: Anything }
    expect(await errorOf(() => authorize['signInAs']?.())).toContain(
      'signInAs takes a username, a sub or null, not undefined',
    )
  })

  it('is told by mswHandlers', () => {
    expect(() => mswHandlers(fakeCognito() as never)).toThrow(
      'mswHandlers takes what fakeCognito, fakeAuthorizationServer or fakeVerifiedPermissions made, one or more, not a promise; await it first',
    )
  })

  it('is told by closeAfter at once, and what it opened is closed all the same', async () => {
    const hooks: unknown[] = []
    const test = { after: (close: unknown) => void hooks.push(close) }
    const opening = fakeCognito()
    expect(() => closeAfter(test, opening as never)).toThrow(
      'closeAfter takes what is open, not a promise; await it: closeAfter(t, await fakeCognito())',
    )
    const pool = await opening
    await expect.poll(() => errorOf(() => pool.accessToken())).toContain('the pool was closed')
    expect(hooks).toStrictEqual([])
    const failing = fakeCognito('web' as never)
    expect(() => closeAfter(test, failing as never)).toThrow('not a promise; await it')
  })

  it('in other places of closeAfter is told, too', async () => {
    const pool = await fakeCognito()
    onTestFinished(() => pool.close())
    expect(() => closeAfter(pool as never, undefined as never)).toThrow(
      'closeAfter takes the context of a test first, or { after } of a suite, not an object',
    )
    expect(() => closeAfter({ after: () => {} }, undefined as never)).toThrow(
      'closeAfter takes a fake or a door of one, which has close(), not undefined',
    )
  })
})

describe('after close()', () => {
  it('nothing can be asked or disturbed any more', async () => {
    const [pool, server] = [await fakeCognito(), await fakeAuthorizationServer()]
    await Promise.all([pool.close(), server.close()])
    for (const [fake, noun] of [
      [pool, 'pool'],
      [server, 'server'],
    ] as const) {
      const closed = `the ${noun} was closed; make a new one`
      await expect(fake.publicKeys()).rejects.toThrow(closed)
      expect(() => fake.jwks.fail()).toThrow(closed)
      expect(() => fake.metadata.slow('1s')).toThrow(closed)
      expect(() => fake.jwks.hang()).toThrow(closed)
      expect(() => fake.jwks.recover()).not.toThrow()
      expect(fake.jwks.hits).toBe(0)
    }
    expect(() => server.introspection.answerWith('x', { active: true })).toThrow('the server was closed')
  })
})

it('rotateKeys takes no boolean', async () => {
  for (const fake of [await poolForAnything(), await serverForAnything()]) {
    expect(await errorOf(() => fake['rotateKeys']?.(true))).toContain(
      'rotateKeys takes an object, { keepOld, announceAfter }, not true',
    )
  }
})
