import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito, type FakeCognito, type ListeningFake } from '../../src/index.js'

describe.concurrent('pools of tests that run at once', () => {
  it.for([1, 2, 3, 4, 5, 6, 7, 8])('do not see each other: test %i', async (number, context) => {
    const pool = await fakeCognito()
    context.onTestFinished(() => pool.close())
    await using served = await pool.serve()
    await using listening = await pool.listen()
    context.expect(listening.close).toBeTypeOf('function')
    if (number % 2 === 0) pool.jwks.fail({ status: 500 })
    for (const url of [pool.jwks.url, served.url + new URL(pool.jwks.url).pathname]) {
      const response = await fetch(url)
      context.expect(response.status).toBe(number % 2 === 0 ? 500 : 200)
      if (response.ok) context.expect(await response.json()).toStrictEqual(await pool.publicKeys())
    }
    context.expect(pool.jwks.hits).toBe(2)
  })
})

describe('`using`', () => {
  it('ends listen() with the block, and nothing of msw stays', async () => {
    const before = globalThis.fetch
    const [pool, other] = [await fakeCognito(), await fakeCognito()]
    for (const fake of [pool, other]) onTestFinished(() => fake.close())
    {
      using first = await other.listen()
      {
        using door = await pool.listen()
        expect([typeof first.close, typeof door.close]).toStrictEqual(['function', 'function'])
        expect(globalThis.fetch).not.toBe(before)
        expect((await fetch(pool.jwks.url)).status).toBe(200)
      }
      // The pool that still listens at the same host says that there is nothing.
      expect((await fetch(pool.jwks.url)).status).toBe(404)
    }
    await expect.poll(() => globalThis.fetch, { timeout: 20_000 }).toBe(before)
    using again = await pool.listen()
    expect(again.close).toBeTypeOf('function')
    expect((await fetch(pool.jwks.url)).status).toBe(200)
  })

  it('ends serve() with the block', async () => {
    let url: string
    const pool = await fakeCognito()
    {
      using door = await pool.serve()
      url = door.url
      expect((await fetch(url)).status).toBe(404)
    }
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  it('ends a fake with the block', async () => {
    const before = globalThis.fetch
    let escaped: FakeCognito
    {
      using pool = await fakeCognito()
      escaped = pool
      await pool.listen()
      expect(globalThis.fetch).not.toBe(before)
    }
    await expect(escaped.accessToken()).rejects.toThrow('the pool was closed')
    await expect.poll(() => globalThis.fetch, { timeout: 20_000 }).toBe(before)
  })
})

it('whoever listens is answered, in whatever order pools begin and end to', async () => {
  const pools = await Promise.all([fakeCognito(), fakeCognito(), fakeCognito()])
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.close()))))
  const before = globalThis.fetch
  const step = fc.record({ pool: fc.nat({ max: 2 }), waits: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const doors = new Map<FakeCognito, Promise<ListeningFake>>()
      const closing: Promise<void>[] = []
      for (const { pool: index, waits } of steps) {
        const pool = pools[index] as FakeCognito
        const door = doors.get(pool)
        if (door === undefined) doors.set(pool, pool.listen())
        else {
          doors.delete(pool)
          const { close } = await door
          closing.push(close())
        }
        if (waits) await Promise.all([...doors.values(), ...closing])
      }
      await Promise.all([...doors.values(), ...closing])
      if (doors.size === 0) expect(globalThis.fetch).toBe(before)
      else for (const pool of pools) expect((await fetch(pool.jwks.url)).status).toBe(doors.has(pool) ? 200 : 404)
      for (const door of doors.values()) await (await door).close()
    }),
    { numRuns: 25 },
  )
})
