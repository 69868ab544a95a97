import { expect, it, vi } from 'vitest'
import { sharedByContext } from '../../src/issuers/shared-parts.js'
import type { IssuerContext } from '../../src/issuers/trusted-issuer.js'
import { systemClock } from '../../src/transport/clock.js'

const context = (): IssuerContext => ({
  http: { send: () => Promise.reject(new Error('nothing is sent')), close() {} },
  clock: systemClock,
  emit() {},
})

it('parts are built once for each server, from what it brings', () => {
  const build = vi.fn(() => ({}))
  const parts = sharedByContext(build)
  const [first, second] = [context(), context()]
  expect(parts(first)).toBe(parts({ ...first }))
  expect(parts(second)).not.toBe(parts(first))
  expect(build.mock.calls).toStrictEqual([[first], [second]])
})
