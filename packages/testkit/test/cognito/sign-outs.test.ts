import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { operation } from '../support/doors.js'

async function isAlive(pool: FakeCognito, AccessToken: string): Promise<boolean> {
  return (await pool.fetch(pool.getUser.url, operation('GetUser', { AccessToken }))).status === 200
}

describe('a sign-in', () => {
  it('brings the tokens of one login', async () => {
    const pool = await fakeCognito({ clients: ['web', 'mobile'] })
    const { accessToken, idToken, refreshToken } = await pool.signIn({
      username: 'ann',
      groups: ['staff'],
      clientId: 'mobile',
      claims: { tenant: 'acme' },
    })
    const [access, id] = [decodeJwt(accessToken), decodeJwt(idToken)]
    for (const name of ['sub', 'origin_jti', 'event_id', 'auth_time', 'cognito:groups']) {
      expect(access[name], name).toBeDefined()
      expect(id[name], name).toStrictEqual(access[name])
    }
    expect(id).toMatchObject({ 'cognito:username': 'ann', aud: 'mobile' })
    expect([id['jti'] === access['jti'], access['tenant'], id['tenant']]).toStrictEqual([false, 'acme', undefined])
    expect(refreshToken.split('.')).toHaveLength(5)
    expect(JSON.parse(Buffer.from(refreshToken.split('.')[0] as string, 'base64url').toString())).toMatchObject({
      enc: 'A256GCM',
    })
  })

  it('names itself in its errors', async () => {
    const pool = await fakeCognito()
    await expect(pool.signIn({ email: 'x' } as never)).rejects.toThrow('signIn knows no email')
  })
})

describe('revoke', () => {
  it.each(['accessToken', 'idToken', 'refreshToken'] as const)('ends the login of an %s', async (kind) => {
    const pool = await fakeCognito()
    const [ended, kept] = [await pool.signIn({ sub: 'u1' }), await pool.signIn({ sub: 'u1' })]
    await pool.revoke(ended[kind])
    expect([await isAlive(pool, ended.accessToken), await isAlive(pool, kept.accessToken)]).toStrictEqual([false, true])
  })

  it('ends a token made alone, and no other of the same user', async () => {
    const pool = await fakeCognito()
    const [ended, kept] = [await pool.accessToken({ sub: 'u1' }), await pool.accessToken({ sub: 'u1' })]
    await pool.revoke(ended)
    expect([await isAlive(pool, ended), await isAlive(pool, kept)]).toStrictEqual([false, true])
  })

  it('still knows the tokens of keys that were withdrawn', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken()
    await pool.rotateKeys({ keepOld: false })
    await expect(pool.revoke(token)).resolves.toBeUndefined()
  })

  it('is final, whatever the clock does', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken()
    pool.clock.advance('1m')
    await pool.revoke(token)
    pool.clock.advance('-2m')
    expect(await isAlive(pool, token)).toBe(false)
  })

  it('throws for what Cognito cannot revoke, or never issued', async () => {
    const pool = await fakeCognito({ resourceServers: { orders: ['read'] } })
    const other = await fakeCognito()
    await expect(pool.revoke(await pool.m2mToken())).rejects.toThrow('cannot revoke the token of a machine')
    for (const token of ['x', await other.accessToken(), (await other.signIn()).refreshToken]) {
      await expect(pool.revoke(token)).rejects.toThrow('revoke takes a token of a user that this pool has issued')
    }
    await expect(pool.revokeLogin('none')).rejects.toThrow('no token with the origin_jti none')
    for (const call of [pool.revokeUser('none'), pool.disableUser('none'), pool.deleteUser('none')]) {
      await expect(call).rejects.toThrow('the pool has no user none, declared or named in a token')
    }
    const without = await fakeCognito({ tokenRevocation: false })
    await expect(without.revoke(await without.accessToken())).rejects.toThrow('use revokeUser(sub)')
  })
})

describe('revokeLogin', () => {
  it('ends what carries the origin_jti, tokens made later included', async () => {
    const pool = await fakeCognito()
    const [a, b] = [
      await pool.accessToken({ claims: { origin_jti: 'login-1' } }),
      await pool.accessToken({ claims: { origin_jti: 'login-2' } }),
    ]
    await pool.revokeLogin('login-1')
    expect([await isAlive(pool, a), await isAlive(pool, b)]).toStrictEqual([false, true])
    expect(await isAlive(pool, await pool.accessToken({ claims: { origin_jti: 'login-1' } }))).toBe(false)
  })
})

describe('revokeUser', () => {
  it('ends all tokens issued so far, of the same second too, and none issued later', async () => {
    for (const tokenRevocation of [true, false]) {
      const pool = await fakeCognito({ tokenRevocation })
      const before = [await pool.accessToken({ sub: 'u1' }), (await pool.signIn({ sub: 'u1' })).accessToken]
      const other = await pool.accessToken({ sub: 'u2' })
      await pool.revokeUser('u1')
      const after = await pool.accessToken({ sub: 'u1' })
      for (const token of before) expect(await isAlive(pool, token)).toBe(false)
      expect([await isAlive(pool, other), await isAlive(pool, after)]).toStrictEqual([true, true])
    }
  })
})

describe('users', () => {
  it('are known by sub and by username', async () => {
    const pool = await fakeCognito({ users: [{ username: 'ann' }] })
    const tokens = [await pool.accessToken({ username: 'ann' }), await pool.accessToken({ sub: 'u1', username: 'bob' })]
    for (const name of ['ann', 'bob']) await pool.revokeUser(name)
    for (const token of tokens) expect(await isAlive(pool, token)).toBe(false)
  })
})

describe('a user who is disabled or deleted', () => {
  it('cannot sign in', async () => {
    const pool = await fakeCognito()
    await pool.accessToken({ sub: 'a' })
    await pool.accessToken({ sub: 'b' })
    await pool.disableUser('a')
    await pool.deleteUser('b')
    await expect(pool.accessToken({ sub: 'a' })).rejects.toThrow('the user a was disabled; make the token before that')
    await expect(pool.signIn({ sub: 'b' })).rejects.toThrow('the user b was deleted')
    await expect(pool.idToken({ sub: 'b' })).rejects.toThrow('the user b was deleted')
    await expect(pool.disableUser('b')).rejects.toThrow('the user b was deleted before')
  })
})

it('a closed pool signs nobody out', async () => {
  const pool = await fakeCognito()
  const token = await pool.accessToken({ sub: 'u1' })
  await pool.close()
  for (const call of [pool.revoke(token), pool.revokeUser('u1'), pool.revokeLogin('x'), pool.signIn()]) {
    await expect(call).rejects.toThrow('the pool was closed')
  }
})
