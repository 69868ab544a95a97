import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeAuthorizationServer } from '../../src/index.js'

async function seeded(seed: string | number) {
  const server = await fakeAuthorizationServer({ seed })
  onTestFinished(() => server.close())
  return server
}

/** Everything random that a test gets to see, but for keys and times. */
async function everything(seed: string | number) {
  const server = await seeded(seed)
  const first = await server.accessToken()
  await server.rotateKeys()
  const bulk = await Promise.all(Array.from({ length: 20 }, () => server.accessToken()))
  return {
    ids: [server.issuer, server.client.clientSecret],
    opaqueTokens: await Promise.all([server.opaqueToken(), server.opaqueToken({ sub: 'u1' })]),
    kids: (await server.publicKeys()).keys.map(({ kid }) => kid),
    tokens: [first, ...bulk].map((token) => {
      const { sub, jti, iss } = decodeJwt(token)
      return { sub, jti, iss, ...decodeProtectedHeader(token) }
    }),
  }
}

describe('an authorization server with a seed', () => {
  it('is the same in every run, but for its keys', async () => {
    const [one, other] = [await everything('orders'), await everything('orders')]
    expect(one).toStrictEqual(other)
    expect(new Set(one.tokens.flatMap(({ sub, jti }) => [sub, jti])).size).toBe(42)
    expect(one.kids).toHaveLength(2)
  })

  it('is another one for another seed, and without', async () => {
    const values = ({ ids, opaqueTokens, kids, tokens }: Awaited<ReturnType<typeof everything>>) => [
      ...ids,
      ...opaqueTokens,
      ...kids,
      ...tokens.flatMap(({ sub, jti }) => [sub, jti]),
    ]
    const [one, other] = [values(await everything(1)), values(await everything(2))]
    expect(one.filter((value) => other.includes(value))).toStrictEqual([])
    const [a, b] = [await fakeAuthorizationServer(), await fakeAuthorizationServer()]
    expect(a.issuer).not.toBe(b.issuer)
    expect(a.client.clientSecret).not.toBe(b.client.clientSecret)
  })

  it('has fresh keys all the same, so that signatures differ', async () => {
    const [a, b] = [await seeded(1), await seeded(1)]
    const [[first], [second]] = [(await a.publicKeys()).keys, (await b.publicKeys()).keys]
    expect(first?.kid).toBe(second?.kid)
    expect(first).not.toStrictEqual(second)
  })

  it('listens alone', async () => {
    const [a, b] = [await seeded(1), await seeded(1)]
    await a.listen()
    await expect(b.listen()).rejects.toThrow(`another fake listens at ${a.issuer}; close it first`)
  })

  it('is refused a seed that is none, before a port is opened', async () => {
    for (const seed of ['', Number.NaN, null, {}]) {
      await expect(fakeAuthorizationServer({ served: true, seed: seed as never })).rejects.toThrow(
        'fakeAuthorizationServer: seed must be text, not empty, or a number',
      )
    }
  })
})
