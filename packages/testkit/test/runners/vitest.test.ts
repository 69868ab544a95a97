import { expect, it } from 'vitest'
import { matchers } from '../../src/vitest.js'

expect.extend(matchers)

const refused = new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

it('the expect of vitest takes the matchers, with their types', async () => {
  expect(refused).toBeRefused({ status: 401, error: 'invalid_token' })
  await expect(Promise.resolve(refused)).resolves.toChallenge({ scheme: 'Bearer' })
  expect({ answer: refused }).toEqual({ answer: expect.toBeRefused({ status: 401 }) })
  expect({ answer: refused }).not.toEqual({ answer: expect.toBeGranted() })
  // @ts-expect-error a refusal has no such status
  expect(() => expect(refused).toBeRefused({ status: 404 })).toThrow('400, 401 or 403')
})
