import type { cognitoFixture } from '@tokenward/testkit/vitest'
import { expect } from 'vitest'

export async function misuse(answer: Response, fixture: ReturnType<typeof cognitoFixture<{ orders: ['read'] }>>) {
  // @ts-expect-error a refusal has no such status
  expect(answer).toBeRefused({ status: 404 })
  // @ts-expect-error no such member
  expect(answer).toBeGranted({ scope: ['a'] })
  // @ts-expect-error no such value
  expect(answer).toChallenge({ realm: {} })
  // @ts-expect-error with `resolves` the matchers are promises
  const nothing: void = expect(Promise.resolve(answer)).resolves.toBeUnavailable()
  const pool = await fixture({}, { onCleanup: () => {} })
  // @ts-expect-error no such scope
  await pool.accessToken({ scopes: ['orders/write'] })
  return nothing
}
