import crypto, { type generateKeyPair } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, vi } from 'vitest'

type Callback = (...result: readonly unknown[]) => void

/** A fresh process as far as keys go, which tells of every key that is begun. Import what makes keys after this. */
export function countKeys() {
  const real = crypto.generateKeyPair as (...args: readonly unknown[]) => void
  const generate = vi.spyOn(crypto, 'generateKeyPair')
  let finished = 0
  generate.mockImplementation(((...args: readonly unknown[]) =>
    real(...args.slice(0, -1), (...result: readonly unknown[]) => {
      finished += 1
      ;(args.at(-1) as Callback)(...result)
    })) as typeof generateKeyPair)
  syncBuiltinESMExports()
  onTestFinished(() => {
    generate.mockRestore()
    syncBuiltinESMExports()
    vi.resetModules()
  })
  vi.resetModules()
  return {
    generate,
    get begun() {
      return generate.mock.calls.length
    },
    /** The reserve is full: each key that ends begins the next one as long as any is wanted. */
    async allMade(): Promise<number> {
      await vi.waitFor(() => expect([finished > 0, generate.mock.calls.length]).toStrictEqual([true, finished]), {
        timeout: 60_000,
        interval: 20,
      })
      return finished
    },
  }
}
