import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { browserOf, codeRequest, poolWithApplication, told, tokenRequest } from '../support/browser.js'

/** Everything random that a test gets to see, but for keys and times. */
async function everything(seed: string | number) {
  const pool = await poolWithApplication({ seed })
  onTestFinished(() => pool.close())
  const signIn = await pool.signIn({ username: 'ann' })
  await pool.rotateKeys()
  const [accessToken, idToken] = await Promise.all([pool.accessToken(), pool.idToken()])
  const bulk = await Promise.all(Array.from({ length: 20 }, () => pool.accessToken()))
  pool.authorize.signInAs('ann')
  const { code } = told(await browserOf(pool).authorize())
  const { body } = await tokenRequest(pool, codeRequest(code))
  const forged = [await pool.forged.unknownKid(), await pool.forged.otherPool()]
  const tokens = [signIn.accessToken, signIn.idToken, accessToken, idToken, ...bulk, body['access_token'], ...forged]
  return {
    ids: [pool.userPoolId, pool.domain, pool.addUser({ username: 'bob' }).sub, code],
    refreshTokens: [signIn.refreshToken, body['refresh_token']],
    kids: (await pool.publicKeys()).keys.map(({ kid }) => kid),
    tokens: tokens.map((token) => {
      const { sub, jti, origin_jti, event_id, iss } = decodeJwt(token as string)
      return { sub, jti, origin_jti, event_id, iss, ...decodeProtectedHeader(token as string) }
    }),
  }
}

describe('a pool with a seed', () => {
  it('is the same in every run, but for its keys', async () => {
    const [one, other] = [await everything('orders'), await everything('orders')]
    expect(one).toStrictEqual(other)
  })

  it('is another one for another seed', async () => {
    const [one, other] = [await everything(1), await everything(2)]
    expect(one.ids.filter((id) => other.ids.includes(id))).toStrictEqual([])
    expect(one.kids.filter((kid) => other.kids.includes(kid))).toStrictEqual([])
    const jtisOf = ({ tokens }: typeof one) => tokens.map(({ jti }) => jti)
    expect(jtisOf(one).filter((jti) => jtisOf(other).includes(jti))).toStrictEqual([])
  })

  it('has fresh keys all the same, so that signatures differ', async () => {
    const [a, b] = [await fakeCognito({ seed: 1 }), await fakeCognito({ seed: 1 })]
    const moduli = async (pool: typeof a) => (await pool.publicKeys()).keys.map(({ n }) => n)
    expect(await moduli(a)).not.toStrictEqual(await moduli(b))
  })

  it('gives each user a sub by name, whoever else there is', async () => {
    const [first, second] = [
      await fakeCognito({ seed: 1 }),
      await fakeCognito({ seed: 1, users: [{ username: 'bob' }] }),
    ]
    expect(first.addUser({ username: 'ann' })).toStrictEqual(second.addUser({ username: 'ann' }))
  })

  it('listens alone', async () => {
    const [a, b] = [await fakeCognito({ seed: 1 }), await fakeCognito({ seed: 1 })]
    for (const pool of [a, b]) onTestFinished(() => pool.close())
    await a.listen()
    await expect(b.listen()).rejects.toThrow(`another fake listens at ${a.issuer}; close it first`)
    await a.close()
    await expect(b.listen()).resolves.toBeDefined()
  })

  it('is refused a seed that is none', async () => {
    for (const seed of ['', Number.NaN, null, {}]) {
      await expect(fakeCognito({ seed: seed as never })).rejects.toThrow(
        'fakeCognito: seed must be text, not empty, or a',
      )
    }
  })
})
