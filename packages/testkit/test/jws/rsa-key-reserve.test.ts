import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { availableParallelism } from 'node:os'
import { expect, it, onTestFinished, vi } from 'vitest'
import { publish } from '../../src/jws/signing-key.js'
import { takeRsaKey } from '../../src/jws/rsa-key-reserve.js'

it('gives every key once, made ahead or not', async () => {
  const keys = await Promise.all(Array.from({ length: 6 }, takeRsaKey))
  const moduli = keys.map((privateKey) => publish({ kid: 'k', alg: 'RS256', privateKey }).n)
  expect(new Set(moduli).size).toBe(6)
  expect(keys.map(({ asymmetricKeyDetails }) => asymmetricKeyDetails?.modulusLength)).toStrictEqual(
    Array.from({ length: 6 }, () => 2_048),
  )
})

/** A fresh process as far as keys go, which tells of every key that is begun. */
async function freshReserve() {
  const generate = vi.spyOn(crypto, 'generateKeyPair')
  syncBuiltinESMExports()
  onTestFinished(() => {
    generate.mockRestore()
    syncBuiltinESMExports()
    vi.resetModules()
  })
  vi.resetModules()
  return { generate, ...(await import('../../src/jws/rsa-key-reserve.js')) }
}

it('makes the first key alone, and two more once that is taken', async () => {
  const { generate, takeRsaKey: take } = await freshReserve()
  expect(generate).toHaveBeenCalledTimes(0)
  const first = take()
  expect(generate).toHaveBeenCalledTimes(1)
  await first
  await vi.waitFor(() => expect(generate).toHaveBeenCalledTimes(3), { timeout: 10_000 })
  const reserved = await Promise.all([take(), take()])
  expect(new Set(reserved).size).toBe(2)
})

it('makes no more at once than there are cores', async () => {
  const { generate, takeRsaKey: take } = await freshReserve()
  const taken = Promise.all(Array.from({ length: 40 }, take))
  expect(generate.mock.calls.length).toBeLessThanOrEqual(availableParallelism())
  await taken
})

it('tells whoever waits when a key cannot be made, and serves the next', async () => {
  const { generate, takeRsaKey: take } = await freshReserve()
  generate.mockImplementationOnce(((...args: readonly unknown[]) => {
    ;(args.at(-1) as (error: Error) => void)(new Error('no entropy'))
  }) as never)
  await expect(take()).rejects.toThrow('no entropy')
  await expect(take()).resolves.toBeDefined()
})
