import { expect as jestExpect } from 'expect'
import { expect, it } from 'vitest'
import { matchers } from '../../src/jest.js'

const refused = new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

it('the expect of Jest takes the matchers, with their types', async () => {
  jestExpect.extend(matchers)
  jestExpect(refused).toBeRefused({ status: 401, error: 'invalid_token' })
  jestExpect(refused).toChallenge({ scheme: 'Bearer' })
  jestExpect(refused).not.toBeGranted()
  jestExpect(refused).not.toBeUnavailable()
  await jestExpect(Promise.resolve(refused)).resolves.toBeRefused()
  expect(() => jestExpect(refused).toBeRefused({ status: 403 })).toThrow(
    'refused with status 403\nreceived one that is',
  )
  // @ts-expect-error a refusal has no such status
  expect(() => jestExpect(refused).toBeRefused({ status: 404 })).toThrow('400, 401 or 403')
})
