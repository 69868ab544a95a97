import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { callOperation } from '../support/doors.js'

const ANN = { username: 'ann', password: 'x', email: 'ann@acme.example', groups: ['staff'] } as const

describe('a declared user', () => {
  it('is in tokens as declared, by username or by sub, unless the test says otherwise', async () => {
    const pool = await fakeCognito()
    const ann = pool.addUser(ANN)
    expect(ann).toMatchObject({ username: 'ann', email: 'ann@acme.example', groups: ['staff'] })
    expect(ann.sub).toMatch(/^[0-9a-f-]{36}$/)
    for (const request of [{ username: 'ann' }, { sub: ann.sub }]) {
      const claims = decodeJwt(await pool.accessToken(request))
      expect(claims).toMatchObject({ sub: ann.sub, username: 'ann', 'cognito:groups': ['staff'] })
      expect(decodeJwt(await pool.idToken(request))).toMatchObject({ sub: ann.sub, email: 'ann@acme.example' })
    }
    expect(decodeJwt(await pool.accessToken({ username: 'ann', groups: [] }))).not.toHaveProperty('cognito:groups')
    expect(decodeJwt(await pool.idToken({ username: 'ann', email: 'b@c.example' }))['email']).toBe('b@c.example')
    const { body } = await callOperation(pool, 'GetUser', { AccessToken: await pool.accessToken({ username: 'ann' }) })
    expect(body['UserAttributes']).toContainEqual({ Name: 'email', Value: 'ann@acme.example' })
    const token = await pool.accessToken({ username: 'ann', scopes: ['openid'] })
    const userInfo = await pool.fetch(pool.userInfo.url, { headers: { authorization: `Bearer ${token}` } })
    expect(await userInfo.json()).toMatchObject({ email: 'ann@acme.example' })
  })

  it('has little to declare', async () => {
    const pool = await fakeCognito({ users: [{ username: 'bob' }] })
    expect(decodeJwt(await pool.idToken({ username: 'bob' }))).toMatchObject({ email: 'bob@example.com' })
  })

  it('is not mistaken for another', async () => {
    const pool = await fakeCognito({ users: [{ ...ANN, sub: 'u1' }] })
    for (const request of [
      { username: 'ann', sub: 'u2' },
      { username: 'bob', sub: 'u1' },
    ]) {
      await expect(pool.accessToken(request)).rejects.toThrow(
        'the pool has declared the user ann with the sub u1; ask for one of the two',
      )
    }
  })

  it('leaves the name free when deleted, and comes back as somebody else', async () => {
    const pool = await fakeCognito({ users: [ANN] })
    const { sub } = decodeJwt(await pool.accessToken({ username: 'ann' }))
    expect(() => pool.addUser(ANN)).toThrow('the pool has a user ann already; usernames are unique')
    await pool.deleteUser('ann')
    const again = pool.addUser(ANN)
    expect(again.sub).not.toBe(sub)
    expect(decodeJwt(await pool.accessToken({ username: 'ann' })).sub).toBe(again.sub)
    expect(() => pool.addUser({ username: 'eve', sub: sub as string })).toThrow('the pool has a user with the sub')
  })

  it('cannot be added to a closed pool', async () => {
    const pool = await fakeCognito()
    await pool.close()
    expect(() => pool.addUser(ANN)).toThrow('the pool was closed; make a new one')
  })

  it.each<[string, unknown, string]>([
    ['no username', {}, 'a user is { username: … } with a name that is not empty'],
    ['nothing', null, 'a user is { username: … }'],
    ['a name alone', 'ann', 'a user is { username: … }'],
    [
      'a misspelt member',
      { username: 'ann', pasword: 'x' },
      'the user ann knows no pasword; it takes username, password',
    ],
    ['an empty password', { username: 'ann', password: '' }, 'password of the user ann must be text, not empty'],
    ['an empty sub', { username: 'ann', sub: '' }, 'sub of the user ann must be text, not empty'],
    ['groups that are no list', { username: 'ann', groups: 'staff' }, 'groups of the user ann must be a list of names'],
  ])('is refused with %s', async (_, user, message) => {
    await expect(fakeCognito({ users: [user as never] })).rejects.toThrow(message)
  })

  it('comes in a list', async () => {
    await expect(fakeCognito({ users: ANN as never })).rejects.toThrow('users must be a list')
  })
})

describe('a user whom a token has named', () => {
  it('keeps the sub that came with the name', async () => {
    const pool = await fakeCognito()
    const [first, second] = [await pool.accessToken({ username: 'ann' }), await pool.accessToken({ username: 'ann' })]
    expect(decodeJwt(first).sub).toBe(decodeJwt(second).sub)
    expect(decodeJwt(await pool.accessToken()).sub).not.toBe(decodeJwt(first).sub)
  })
})
