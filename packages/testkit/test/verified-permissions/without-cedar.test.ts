import { expect, it, vi } from 'vitest'
import { fakeVerifiedPermissions } from '../../src/verified-permissions/index.js'

vi.mock('@cedar-policy/cedar-wasm/nodejs', () => {
  throw new Error('Cannot find package')
})

it('says what to install where Cedar is not', async () => {
  await expect(fakeVerifiedPermissions()).rejects.toThrow(
    'fakeVerifiedPermissions: could not load Cedar. Add @cedar-policy/cedar-wasm as a dev dependency',
  )
})
