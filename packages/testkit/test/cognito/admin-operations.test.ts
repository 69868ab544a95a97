import { describe, expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { callOperation, isAlive } from '../support/doors.js'

const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=any/20261123/xx-fake-1/cognito-idp/aws4_request' }

describe('AdminUserGlobalSignOut', () => {
  it.each(['ann', 'u1'])('ends all logins of a user, whom it knows as %s, and of nobody else', async (Username) => {
    const pool = await fakeCognito({ users: [{ username: 'ann', sub: 'u1', password: 'x' }] })
    const mine = [await pool.accessToken({ sub: 'u1' }), (await pool.signIn({ username: 'ann' })).accessToken]
    const other = await pool.accessToken({ sub: 'u2' })
    const input = { UserPoolId: pool.userPoolId, Username }
    expect(await callOperation(pool, 'AdminUserGlobalSignOut', input, signed)).toMatchObject({ status: 200, body: {} })
    for (const token of mine) expect(await isAlive(pool, token)).toBe(false)
    expect([await isAlive(pool, other), await isAlive(pool, await pool.accessToken({ sub: 'u1' }))]).toStrictEqual([
      true,
      true,
    ])
    expect(pool.adminUserGlobalSignOut.hits).toBe(1)
  })

  it('wants a signature, whatever it says', async () => {
    const pool = await fakeCognito()
    const token = await pool.accessToken({ sub: 'u1' })
    const input = { UserPoolId: pool.userPoolId, Username: 'u1' }
    for (const headers of [{}, { authorization: 'Bearer x' }]) {
      const answer = await callOperation(pool, 'AdminUserGlobalSignOut', input, headers)
      expect(answer).toMatchObject({ status: 400, exception: 'MissingAuthenticationTokenException' })
    }
    expect(await isAlive(pool, token)).toBe(true)
  })

  it('names what it does not find', async () => {
    const pool = await fakeCognito({ users: [{ username: 'ann' }] })
    await pool.deleteUser('ann')
    const { userPoolId: UserPoolId } = pool
    const exceptionOf = async (input: object) =>
      (await callOperation(pool, 'AdminUserGlobalSignOut', input, signed)).exception
    expect(await exceptionOf({ UserPoolId: 'xx-fake-1_another', Username: 'ann' })).toBe('ResourceNotFoundException')
    expect(await exceptionOf({ UserPoolId, Username: 'nobody' })).toBe('UserNotFoundException')
    expect(await exceptionOf({ UserPoolId, Username: 'ann' })).toBe('UserNotFoundException')
    expect(await exceptionOf({ UserPoolId })).toBe('InvalidParameterException')
    expect(await exceptionOf({ Username: 'ann' })).toBe('InvalidParameterException')
  })
})
