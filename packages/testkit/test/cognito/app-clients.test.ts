import { describe, expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { poolWithApplication } from '../support/browser.js'

const MACHINE = { clientId: 'machine', clientSecret: 'shh', grant: 'client_credentials' } as const
const orders = { orders: ['read'] } as const

describe('app clients', () => {
  it('are given tokens that suit them, each kind to the first it is for', async () => {
    const pool = await fakeCognito({ clients: [MACHINE, 'web', 'mobile'], resourceServers: orders })
    const clientOf = (token: string) =>
      (JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as { client_id: string })
        .client_id
    expect(pool.clientId).toBe('machine')
    expect(clientOf(await pool.accessToken())).toBe('web')
    expect(clientOf(await pool.accessToken({ clientId: 'mobile' }))).toBe('mobile')
    expect(clientOf(await pool.m2mToken())).toBe('machine')
    await expect(pool.signIn({ clientId: 'machine' })).rejects.toThrow(
      "the client machine is a machine's, which gets m2mToken and no user's",
    )
    await expect(pool.idToken({ clientId: 'tv' })).rejects.toThrow(
      'the pool has no client tv; declare it in clients, or with addClient',
    )
  })

  it('of a machine have the scopes they were declared with', async () => {
    const resourceServers = { orders: ['read', 'write'] } as const
    const pool = await fakeCognito({ clients: [{ ...MACHINE, scopes: ['orders/read'] }], resourceServers })
    const { scope } = JSON.parse(Buffer.from((await pool.m2mToken()).split('.')[1] as string, 'base64url').toString())
    expect(scope).toBe('orders/read')
  })

  it('can be added when their addresses are known', async () => {
    const pool = await fakeCognito()
    pool.addClient({ clientId: 'late', redirectUris: ['http://127.0.0.1:4321/callback'] })
    const url = `${pool.authorize.url}?response_type=code&client_id=late&redirect_uri=http://127.0.0.1:4321/callback`
    expect((await pool.fetch(url, { redirect: 'manual' })).headers.get('location')).toMatch(/^\/login/)
    expect(() => pool.addClient('late')).toThrow('the pool has two clients late')
    await pool.close()
    expect(() => pool.addClient('later')).toThrow('the pool was closed')
  })

  it('take https, loopback and the schemes of apps for addresses', async () => {
    const redirectUris = [
      'https://a.example/?b=c',
      'http://localhost:1/',
      'http://127.0.0.1/',
      'http://[::1]/',
      'app://x',
    ]
    await expect(poolWithApplication({ clients: [{ clientId: 'web', redirectUris }] })).resolves.toBeDefined()
  })

  it('do not compile with scopes that the pool has not', async () => {
    // @ts-expect-error: the pool has no such scope
    const made = fakeCognito({ clients: [{ clientId: 'web', scopes: ['orders/delete'] }], resourceServers: orders })
    await expect(made).rejects.toThrow(
      'the client web cannot have the scope orders/delete: the pool has no scope orders/delete: orders has',
    )
  })

  it.each<[string, object, string]>([
    ['nothing', null as never, 'an app client is an id'],
    ['no id', {}, 'an app client is an id, or { clientId: … } with an id that is not empty'],
    ['an empty id', { clientId: '' }, 'an app client is an id'],
    [
      'a misspelt setting',
      { clientId: 'web', redirectUrl: [] },
      'the client web knows no redirectUrl; it takes clientId,',
    ],
    [
      'an empty secret',
      { clientId: 'web', clientSecret: '' },
      'clientSecret of the client web must be text, not empty',
    ],
    [
      'a grant that is none',
      { clientId: 'web', grant: 'code' },
      "the grant of the client web must be 'authorization_code'",
    ],
    [
      'a machine without a secret',
      { clientId: 'm', grant: 'client_credentials' },
      "the client m is a machine's and needs",
    ],
    [
      'a machine with redirects',
      { ...MACHINE, redirectUris: ['https://a.example'] },
      'nobody signs in, so that redirectUris',
    ],
    ['a machine with a scope of users', { ...MACHINE, scopes: ['openid'] }, 'cannot have the scope openid'],
    ['no scopes', { clientId: 'web', scopes: [] }, 'scopes of the client web must be a list of one or more'],
    [
      'an address on plain http',
      { clientId: 'web', redirectUris: ['http://a.example'] },
      'redirectUris of the client web takes',
    ],
    [
      'an address with a fragment',
      { clientId: 'web', logoutUris: ['https://a.example/#b'] },
      'logoutUris of the client web',
    ],
    ['an address that is none', { clientId: 'web', redirectUris: ['/callback'] }, 'not /callback'],
    ['a script for an address', { clientId: 'web', redirectUris: ['javascript:alert(1)'] }, 'not javascript:alert(1)'],
    [
      'one address for a list',
      { clientId: 'web', redirectUris: 'https://a.example' },
      'redirectUris of the client web must be a list',
    ],
    [
      'a grace without rotation',
      { clientId: 'web', retryGracePeriod: '5s' },
      'does nothing without refreshTokenRotation: true',
    ],
    ['a long grace', { clientId: 'web', refreshTokenRotation: true, retryGracePeriod: '61s' }, 'must be 0s to 60s'],
    [
      'rotation by text',
      { clientId: 'web', refreshTokenRotation: 'yes' },
      'refreshTokenRotation of the client web must be true or false',
    ],
    [
      'errors by text',
      { clientId: 'web', preventUserExistenceErrors: 'ENABLED' },
      'preventUserExistenceErrors of the client web',
    ],
  ])('are refused with %s', async (_, client, message) => {
    await expect(fakeCognito({ clients: [client as never], resourceServers: orders })).rejects.toThrow(message)
  })

  it('are refused when two have one id', async () => {
    await expect(fakeCognito({ clients: ['web', { clientId: 'web' }] })).rejects.toThrow('the pool has two clients web')
  })
})
