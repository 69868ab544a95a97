import { expect, it } from '@jest/globals'

const refused = new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

it('the matchers have their types where expect is imported', async () => {
  expect(refused).toBeRefused({ status: 401, error: 'invalid_token' })
  expect(refused).not.toBeUnavailable()
  await expect(Promise.resolve(refused)).resolves.toChallenge({ scheme: 'Bearer' })
  // @ts-expect-error a refusal has no such status
  expect(() => expect(refused).toBeRefused({ status: 404 })).toThrow('400, 401 or 403')
})
