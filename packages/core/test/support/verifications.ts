import crypto from 'node:crypto'
import { type MockInstance, onTestFinished, vi } from 'vitest'

/** How many signatures are verified from now on, by whichever way the runtime has. */
export function countVerifications(): { readonly count: number } {
  return counted([vi.spyOn(crypto, 'verify'), vi.spyOn(globalThis.crypto.subtle, 'verify')])
}

/** How many texts are hashed from now on. */
export function countHashes(): { readonly count: number } {
  return counted([vi.spyOn(crypto, 'hash'), vi.spyOn(globalThis.crypto.subtle, 'digest')])
}

function counted(spies: readonly MockInstance[]): { readonly count: number } {
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  return {
    get count() {
      return spies.reduce((total, { mock }) => total + mock.calls.length, 0)
    },
  }
}
