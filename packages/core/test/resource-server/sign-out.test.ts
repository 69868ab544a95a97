import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RevocationError, type SignOutOptions } from '../../src/index.js'
import { signOutsAtCognito } from '../support/sign-outs.js'
import { withToken } from '../support/test-issuer.js'

const quick = { timeout: '400ms' } as const

describe('a sign-out with a refresh token', () => {
  it('ends the login, here and at the authorization server', async () => {
    const { pool, api, events, outcomeOf } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    expect(await api.signOut(accessToken, { refreshToken })).toStrictEqual({
      ends: 'login',
      list: 'stored',
      listFailure: undefined,
      authorizationServer: 'confirmed',
      failure: undefined,
      retrying: false,
    })
    for (const policy of [{}, { maxRevocationLag: '30s' }, { maxRevocationLag: '0s' }]) {
      expect(await outcomeOf(accessToken, policy)).toBe('token-revoked')
    }
    expect(pool.revokeToken.hits).toBe(1)
    expect(events.map(({ type }) => type)).not.toContain('sign-out-confirmed')
  })

  it('ends every other token of the login, and no other login', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const login = { sub: 'alice', claims: { origin_jti: 'login-1' } }
    const { accessToken, refreshToken } = await pool.signIn(login)
    const [refreshed, elsewhere, bob] = [
      await pool.accessToken(login),
      await pool.accessToken({ sub: 'alice' }),
      await pool.accessToken({ sub: 'bob' }),
    ]
    await api.signOut(accessToken, { refreshToken })
    expect(await outcomeOf(refreshed)).toBe('token-revoked')
    for (const token of [elsewhere, bob]) expect(await outcomeOf(token, { maxRevocationLag: '0s' })).toBe('granted')
  })

  it('ends connections that are open, by the token of another tab', async () => {
    const { pool, api } = await signOutsAtCognito()
    const login = { sub: 'alice', claims: { origin_jti: 'login-1' } }
    const { accessToken, refreshToken } = await pool.signIn(login)
    const outcome = await api.authorize(withToken(await pool.accessToken(login)))
    if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
    const watch = api.watch(outcome)
    await api.signOut(accessToken, { refreshToken })
    await expect.poll(() => watch.ended).toMatchObject({ reason: 'token-revoked' })
  })

  it('works as well with the principal of a grant', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    const principal = await api.verify(accessToken)
    // What a session store gives back.
    expect(await api.signOut(JSON.parse(JSON.stringify(principal)), { refreshToken })).toMatchObject({
      list: 'stored',
      authorizationServer: 'confirmed',
    })
    expect(await outcomeOf(accessToken)).toBe('token-revoked')
  })

  it('reaches the revocation endpoint of the domain, where the pool has one', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito({ hasDomain: true })
    const { accessToken, refreshToken } = await pool.signIn()
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({ authorizationServer: 'confirmed' })
    expect([pool.revocation.hits, pool.revokeToken.hits]).toStrictEqual([1, 0])
    expect(await outcomeOf(accessToken)).toBe('token-revoked')
  })

  it('shows the secret of the client, and nothing else does', async () => {
    const { pool, api, events } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    const result = await api.signOut(accessToken, { refreshToken, clientSecret: 's3cret' })
    expect(JSON.parse(pool.revokeToken.requests[0]?.body ?? '')).toMatchObject({
      ClientId: 'web',
      ClientSecret: 's3cret',
    })
    const told = JSON.stringify([result, events])
    for (const hidden of ['s3cret', refreshToken, ...accessToken.split('.')]) expect(told).not.toContain(hidden)
  })
})

describe('a sign-out with an access token', () => {
  it('ends every login of the user, and touches nobody else', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const here = await pool.accessToken({ sub: 'alice' })
    const elsewhere = await pool.accessToken({ sub: 'alice' })
    const bob = await pool.accessToken({ sub: 'bob' })
    expect(await api.signOut(here, { accessToken: here })).toMatchObject({
      ends: 'user',
      list: 'stored',
      authorizationServer: 'confirmed',
    })
    for (const token of [here, elsewhere]) expect(await outcomeOf(token)).toBe('token-revoked')
    expect(await outcomeOf(bob, { maxRevocationLag: '0s' })).toBe('granted')
  })

  it('lets the user come back', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const here = await pool.accessToken({ sub: 'alice' })
    await api.signOut(here, { accessToken: here })
    pool.clock.advance('15s')
    expect(await outcomeOf(await pool.accessToken({ sub: 'alice' }))).toBe('granted')
  })
})

describe('a sign-out with a function of the application', () => {
  it.each([
    ['token', ['token-revoked', 'granted', 'granted']],
    ['login', ['token-revoked', 'token-revoked', 'granted']],
    ['user', ['token-revoked', 'token-revoked', 'token-revoked']],
  ] as const)('ends the %s', async (ends, outcomes) => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const login = { sub: 'alice', claims: { origin_jti: 'login-1' } }
    const tokens = [
      await pool.accessToken(login),
      await pool.accessToken(login),
      await pool.accessToken({ sub: 'alice' }),
    ] as const
    const tell = vi.fn(async () => {})
    expect(await api.signOut(tokens[0], { tell, ends })).toMatchObject({ ends, list: 'stored' })
    expect(tell).toHaveBeenCalledOnce()
    expect(await Promise.all(tokens.map((token) => outcomeOf(token)))).toStrictEqual(outcomes)
    expect(pool.revokeToken.hits + pool.globalSignOut.hits).toBe(0)
  })
})

describe('before the authorization server has answered', () => {
  it('requests are refused already', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    pool.revokeToken.hang()
    const result = api.signOut(accessToken, { refreshToken, ...quick })
    await expect.poll(() => pool.revokeToken.hits).toBe(1)
    expect(await outcomeOf(accessToken)).toBe('token-revoked')
    expect(await result).toMatchObject({ list: 'stored', authorizationServer: 'unconfirmed' })
  })

  it('the list has taken the entry', async () => {
    const order: string[] = []
    const { pool, api } = await signOutsAtCognito({
      list: {
        async add() {
          await Promise.resolve()
          order.push('list')
        },
      },
    })
    await api.signOut(await pool.accessToken(), { ends: 'user', tell: async () => order.push('server') })
    expect(order).toStrictEqual(['list', 'server', 'list'])
  })
})

describe('an authorization server that does not confirm', () => {
  it('is told again in the background until it does; the entry can end from then on', async () => {
    const { pool, api, list, events, event } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn({ claims: { origin_jti: 'login-1' } })
    pool.revokeToken.hang({ times: 1 })
    const entry = () => list.find(pool.issuer, 'login', 'login-1')?.entry
    expect(await api.signOut(accessToken, { refreshToken, ...quick })).toMatchObject({
      list: 'stored',
      authorizationServer: 'unconfirmed',
      failure: 'timeout',
      retrying: true,
    })
    expect(entry()).not.toHaveProperty('confirmedAt')
    expect(event('sign-out-unconfirmed')).toStrictEqual({
      type: 'sign-out-unconfirmed',
      at: expect.any(Number),
      issuer: pool.issuer,
      ends: 'login',
      reason: 'timeout',
      httpStatus: undefined,
      retrying: true,
    })
    await expect
      .poll(() => event('sign-out-confirmed'), { timeout: 3_000 })
      .toStrictEqual({
        type: 'sign-out-confirmed',
        at: expect.any(Number),
        issuer: pool.issuer,
        ends: 'login',
      })
    expect(entry()).toHaveProperty('confirmedAt')
    expect(pool.revokeToken.hits).toBe(2)
    const told = JSON.stringify(events)
    for (const hidden of [refreshToken, 'login-1', ...accessToken.split('.')]) expect(told).not.toContain(hidden)
  })

  it('is told several times while the caller waits', async () => {
    const { pool, api, events } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    pool.revokeToken.fail({ times: 2 })
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({ authorizationServer: 'confirmed' })
    expect(pool.revokeToken.hits).toBe(3)
    expect(events.map(({ type }) => type)).not.toContain('sign-out-unconfirmed')
  })

  it.each([
    ['a client that is not accepted', 'UnauthorizedException', 'client-rejected'],
    ['a token of the wrong type', 'UnsupportedTokenTypeException', 'token-type-not-supported'],
    ['an operation that is switched off', 'OperationNotEnabledException', 'unexpected-status'],
  ])('is not told again of %s, which is reported at once', async (_, error, failure) => {
    const { pool, api, event, outcomeOf } = await signOutsAtCognito()
    const { accessToken, refreshToken } = await pool.signIn()
    pool.revokeToken.fail({ status: 400, error })
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({
      list: 'stored',
      authorizationServer: 'unconfirmed',
      failure,
      retrying: false,
    })
    expect(event('sign-out-unconfirmed')).toMatchObject({ reason: failure, retrying: false })
    expect(pool.revokeToken.hits).toBe(1)
    expect(await outcomeOf(accessToken)).toBe('token-revoked')
  })

  it('ends logins at a late confirmation that were made after the first attempt: they end here, too', async () => {
    const { pool, api, event, outcomeOf } = await signOutsAtCognito()
    const here = await pool.accessToken({ sub: 'alice' })
    pool.globalSignOut.hang({ times: 1 })
    await api.signOut(here, { accessToken: here, ...quick })
    pool.clock.advance('1m')
    const later = await pool.accessToken({ sub: 'alice' })
    expect(await outcomeOf(later)).toBe('granted')
    await expect.poll(() => event('sign-out-confirmed'), { timeout: 3_000 }).toBeDefined()
    expect(await outcomeOf(later)).toBe('token-revoked')
  })

  it('is not told again once the server is closed, which is reported', async () => {
    const { pool, api, events } = await signOutsAtCognito()
    const tell = vi.fn(() => Promise.reject(new Error('down')))
    await api.signOut(await pool.accessToken(), { tell, ends: 'user', ...quick })
    const calls = tell.mock.calls.length
    await api.close()
    await expect
      .poll(() => events.at(-1))
      .toMatchObject({ type: 'sign-out-unconfirmed', reason: 'closed', retrying: false })
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(tell).toHaveBeenCalledTimes(calls)
  })

  it('is told once and no more by a server that was closed before', async () => {
    const { pool, api } = await signOutsAtCognito()
    const principal = await api.verify(await pool.accessToken())
    await api.close()
    const tell = vi.fn(() => Promise.reject(new Error('down')))
    expect(await api.signOut(principal, { tell, ends: 'user' })).toMatchObject({
      list: 'stored',
      failure: 'closed',
      retrying: false,
    })
    expect(tell).toHaveBeenCalledOnce()
  })

  it('keeps a thousand sign-outs waiting, and reports those beyond as not tried again', async () => {
    const { pool, api, events } = await signOutsAtCognito()
    const principal = await api.verify(await pool.accessToken())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const how: SignOutOptions = { tell: () => new Promise(() => {}), ends: 'token', ...quick }
    const all = Promise.all(Array.from({ length: 1_002 }, () => api.signOut(principal, how)))
    await vi.advanceTimersByTimeAsync(400)
    const retrying = (await all).filter((result) => result.retrying)
    expect(retrying).toHaveLength(1_000)
    expect(events.filter((event) => event.type === 'sign-out-unconfirmed' && !event.retrying)).toHaveLength(2)
  })
})

describe('the revocation list', () => {
  it('may be missing: the authorization server is told all the same', async () => {
    const { pool, api, outcomeOf } = await signOutsAtCognito({ list: null })
    const { accessToken, refreshToken } = await pool.signIn()
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({
      ends: 'login',
      list: 'none',
      listFailure: undefined,
      authorizationServer: 'confirmed',
    })
    expect(await outcomeOf(accessToken)).toBe('granted')
    expect(await outcomeOf(accessToken, { maxRevocationLag: '0s' })).toBe('token-revoked')
  })

  it.each<[string, () => Promise<void>, string]>([
    ['full', () => Promise.reject(new RevocationError('list-full', 'full')), 'list-full'],
    ['down', () => Promise.reject(new Error('ECONNREFUSED')), 'add-failed'],
    ['silent', () => new Promise(() => {}), 'add-failed'],
  ])('may be %s: that is reported, and the authorization server is told all the same', async (_, add, listFailure) => {
    const { pool, api } = await signOutsAtCognito({ list: { add } })
    const { accessToken, refreshToken } = await pool.signIn()
    expect(await api.signOut(accessToken, { refreshToken, ...quick })).toMatchObject({
      list: 'failed',
      listFailure,
      authorizationServer: 'confirmed',
    })
  })

  it('may recover by the time the authorization server confirms', async () => {
    const add = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('down')).mockResolvedValue()
    const { pool, api } = await signOutsAtCognito({ list: { add } })
    const { accessToken, refreshToken } = await pool.signIn()
    expect(await api.signOut(accessToken, { refreshToken })).toMatchObject({ list: 'stored', listFailure: undefined })
  })
})
