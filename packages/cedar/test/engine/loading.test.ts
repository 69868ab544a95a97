import { createRequire } from 'node:module'
import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import { expect, it } from 'vitest'

const { cache } = createRequire(import.meta.url)
const loadedOfCedar = () => Object.keys(cache).filter((file) => /cedar-wasm/.test(file))

// One test, since what was loaded stays: each step shows that the one before did not do it.
it('nothing of the WebAssembly is loaded until the first local decision point is made', async () => {
  const { cedarDecisionPoint } = await import('../../src/index.js')
  const { verifiedPermissionsDecisionPoint } = await import('../../src/verified-permissions/index.js')
  await import('@tokenward/core')
  await import('@tokenward/testkit')
  const client = new VerifiedPermissionsClient({ region: 'xx-fake-1' })
  verifiedPermissionsDecisionPoint({ policyStoreId: 'PSFAKE', client })
  client.destroy()
  expect(loadedOfCedar()).toStrictEqual([])

  cedarDecisionPoint({ policies: 'permit(principal, action, resource);' }).close()
  expect(loadedOfCedar()).toHaveLength(1)
})
