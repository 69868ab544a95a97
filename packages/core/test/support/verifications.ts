import crypto from 'node:crypto'
import { onTestFinished, vi } from 'vitest'

/** How many signatures are verified from now on, by whichever way the runtime has. */
export function countVerifications(): { readonly count: number } {
  const spies = [vi.spyOn(crypto, 'verify'), vi.spyOn(globalThis.crypto.subtle, 'verify')]
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  return {
    get count() {
      return spies.reduce((total, { mock }) => total + mock.calls.length, 0)
    },
  }
}
