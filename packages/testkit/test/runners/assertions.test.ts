import { AssertionError } from 'node:assert'
import { expect, it } from 'vitest'
import { assertChallenge, assertGranted, assertRefused, assertUnavailable } from '../../src/node-test.js'

const refused = new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
const unavailable = { statusCode: 503, headers: {} }
const granted = { outcome: 'granted', principal: { scopes: ['orders/read'] } }

it('assertions say nothing of what is as expected', () => {
  assertRefused(refused)
  assertRefused(refused, { status: 401, error: 'invalid_token' })
  assertChallenge(refused, { scheme: 'Bearer', error: 'invalid_token' })
  assertUnavailable(unavailable)
  assertGranted(granted, { scopes: ['orders/read'] })
})

it.each([
  [
    assertRefused,
    () => assertRefused(refused, { status: 403 }),
    'refused with status 403\nreceived one that is refused, status 401',
  ],
  [assertRefused, () => assertRefused(unavailable), 'is refused\nreceived one that is unavailable, status 503'],
  [assertUnavailable, () => assertUnavailable(refused), 'is unavailable\nreceived one that is refused'],
  [assertChallenge, () => assertChallenge(refused, { error: null }), 'has a challenge with no error\nreceived one'],
  [assertGranted, () => assertGranted(granted, { scopes: ['x'] }), 'is granted with scope x\nreceived one'],
])('%o fails as assertions of Node do, where it was called', (assertion, call, message) => {
  expect(call).toThrow(AssertionError)
  expect(call).toThrow(message)
  try {
    call()
  } catch (error) {
    const { code, operator, stack } = error as AssertionError
    expect([code, operator]).toStrictEqual(['ERR_ASSERTION', assertion.name])
    expect(stack).not.toContain('assertions.ts')
  }
})

it('what is no answer is no failed assertion, but a mistake', () => {
  expect(() => assertRefused({})).toThrow(TypeError)
  expect(() => assertRefused(refused, { stauts: 401 } as never)).toThrow('knows no stauts')
})
