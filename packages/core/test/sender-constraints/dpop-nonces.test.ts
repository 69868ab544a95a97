import { describe, expect, it } from 'vitest'
import { checkNonceOptions, DpopNonces } from '../../src/sender-constraints/dpop-nonces.js'

const MINUTE = 60_000
const NOW = 1_700_000_100_000 - (1_700_000_100_000 % (5 * MINUTE))
const [secret, next] = ['a-secret-of-thirty-two-characters', 'another-secret-that-is-long-enough']
const check = (options: unknown) => checkNonceOptions('the.nonce', options as never)

async function noncesAt(now: number, secrets: readonly string[] = [secret]) {
  const nonces = new DpopNonces(check({ secret: secrets }))
  await nonces.prepare(now)
  return nonces
}

describe('a nonce', () => {
  it('is accepted by every instance that has the secret, and by no other', async () => {
    const nonce = (await noncesAt(NOW)).current(NOW) as string
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect((await noncesAt(NOW)).accepts(nonce, NOW)).toBe(true)
    expect((await noncesAt(NOW, [next])).accepts(nonce, NOW)).toBe(false)
    for (const other of [
      '',
      nonce.slice(1),
      `${nonce}A`,
      nonce.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
    ]) {
      expect((await noncesAt(NOW)).accepts(other, NOW), other).toBe(false)
    }
  })

  it('is given out for its period, and accepted for one more', async () => {
    const nonces = await noncesAt(NOW)
    const first = nonces.current(NOW) as string
    const at = async (later: number) => {
      await nonces.prepare(NOW + later)
      return { isCurrent: nonces.current(NOW + later) === first, isAccepted: nonces.accepts(first, NOW + later) }
    }
    expect(await at(5 * MINUTE - 1)).toStrictEqual({ isCurrent: true, isAccepted: true })
    expect(await at(5 * MINUTE)).toStrictEqual({ isCurrent: false, isAccepted: true })
    expect(await at(10 * MINUTE - 1)).toStrictEqual({ isCurrent: false, isAccepted: true })
    expect(await at(10 * MINUTE)).toStrictEqual({ isCurrent: false, isAccepted: false })
    expect(await at(0)).toStrictEqual({ isCurrent: true, isAccepted: true })
  })

  it('of the next period is accepted where another instance may have begun it', async () => {
    const ahead = (await noncesAt(NOW + 5 * MINUTE)).current(NOW + 5 * MINUTE) as string
    const nonces = await noncesAt(NOW)
    expect(nonces.accepts(ahead, NOW + 5 * MINUTE - 5_000)).toBe(true)
    expect(nonces.accepts(ahead, NOW + 5 * MINUTE - 5_001)).toBe(false)
  })

  it('is accepted of an older secret, and made of the newest', async () => {
    const [old, renewed] = [await noncesAt(NOW), await noncesAt(NOW, [next, secret])]
    expect(renewed.accepts(old.current(NOW) as string, NOW)).toBe(true)
    expect(renewed.current(NOW)).toBe((await noncesAt(NOW, [next])).current(NOW))
    expect(old.accepts(renewed.current(NOW) as string, NOW)).toBe(false)
  })

  it('is at hand once it was prepared, also into the next period', async () => {
    const nonces = new DpopNonces(check({ secret }))
    expect(nonces.current(NOW)).toBeUndefined()
    expect(nonces.accepts('', NOW)).toBe(false)
    await nonces.prepare(NOW)
    expect(nonces.prepare(NOW)).toBeUndefined()
    expect(nonces.current(NOW + 5 * MINUTE)).toBeDefined()
  })
})

describe('the options of nonces', () => {
  it.each([
    [undefined, 'the.nonce takes a plain object'],
    ['secret', 'the.nonce takes a plain object'],
    [{}, 'the.nonce.secret must be 32 random characters'],
    [{ secret: 'short' }, 'the.nonce.secret must be 32 random characters'],
    [{ secret: [] }, 'the.nonce.secret must be 32 random characters'],
    [{ secret: [secret, 'short'] }, 'the.nonce.secret must be 32 random characters'],
    [{ secret, rotateEvery: '1s' }, 'the.nonce.rotateEvery must be a duration'],
    [{ secret, rotateEvery: '2h' }, 'the.nonce.rotateEvery must be a duration'],
    [{ secret, ttl: '5m' }, 'the.nonce.ttl is not an option'],
  ])('are none as %j', (options, message) => {
    expect(() => check(options)).toThrow(message)
  })

  it('show no secret when they are wrong', () => {
    expect(() => check({ secret: 'short-secret' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('short-secret') }),
    )
  })
})
