import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { publish } from '../../src/jws/signing-key.js'
import { takeRsaKey } from '../../src/jws/rsa-key-reserve.js'
import { countKeys } from '../support/counted-keys.js'

const CORES = availableParallelism()

it('gives every key once, made ahead or not', async () => {
  const keys = await Promise.all(Array.from({ length: 6 }, takeRsaKey))
  const moduli = keys.map((privateKey) => publish({ kid: 'k', alg: 'RS256', privateKey }).n)
  expect(new Set(moduli).size).toBe(6)
  expect(keys.map(({ asymmetricKeyDetails }) => asymmetricKeyDetails?.modulusLength)).toStrictEqual(
    Array.from({ length: 6 }, () => 2_048),
  )
})

async function freshReserve() {
  const keys = countKeys()
  const { takeRsaKey: take } = await import('../../src/jws/rsa-key-reserve.js')
  return { keys, take }
}

it('makes none before the first is taken, then has the cores try at once, and keeps two', async () => {
  const { keys, take } = await freshReserve()
  expect(keys.begun).toBe(0)
  const first = take()
  expect(keys.begun).toBe(Math.min(CORES, 3))
  expect(await keys.allMade()).toBe(3)
  const reserved = await Promise.all([take(), take()])
  expect(new Set([await first, ...reserved]).size).toBe(3)
})

it('makes them ahead one at a time, when nobody waits', async () => {
  const { keys, take } = await freshReserve()
  await take()
  const made = await keys.allMade()
  await Promise.all([take(), take()])
  expect(keys.begun - made).toBe(1)
  expect(await keys.allMade()).toBe(made + 2)
})

it('makes no more at once than there are cores, and no more than will be kept', async () => {
  const { keys, take } = await freshReserve()
  const taken = Promise.all(Array.from({ length: 20 }, take))
  expect(keys.begun).toBe(Math.min(CORES, 22))
  await taken
  expect(await keys.allMade()).toBe(22)
})

it('tells whoever waits when a key cannot be made, and serves the next', async () => {
  const { keys, take } = await freshReserve()
  keys.generate.mockImplementationOnce(((...args: readonly unknown[]) => {
    ;(args.at(-1) as (error: Error) => void)(new Error('no entropy'))
  }) as never)
  await expect(take()).rejects.toThrow('no entropy')
  await expect(take()).resolves.toBeDefined()
})
