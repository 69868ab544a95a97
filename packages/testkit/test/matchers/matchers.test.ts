import { describe, expect, it } from 'vitest'
import { fakeCognito, toBeGranted, toBeRefused, toBeUnavailable, toChallenge } from '../../src/index.js'
import { matchers } from '../../src/vitest.js'
import { forms } from '../support/answers.js'

expect.extend(matchers)

const INVALID = 'Bearer realm="api", error="invalid_token", error_description="The access token expired"'
const STEP_UP =
  'DPoP algs="ES256 RS256", Bearer realm="api", error="insufficient_user_authentication", acr_values="silver gold", max_age="300", scope="orders/read orders/write", resource_metadata="https://api.example/.well-known/oauth-protected-resource"'

const decision = {
  granted: { outcome: 'granted', principal: { subject: 'u1', scopes: ['orders/read', 'orders/write'] } },
  refused: {
    outcome: 'refused',
    status: 401,
    headers: { 'WWW-Authenticate': INVALID },
    body: {},
    reason: 'token-expired',
  },
  unavailable: {
    outcome: 'unavailable',
    status: 503,
    headers: { 'Retry-After': '1' },
    body: {},
    reason: 'jwks-unreachable',
  },
}

const failureOf = (assertion: () => void): string => {
  try {
    assertion()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the assertion held')
}

describe.each(Object.entries(forms))('of %s', (_, make) => {
  it('toBeRefused holds of a refusal that is as expected', () => {
    expect(make(401, INVALID)).toBeRefused()
    expect(make(401, INVALID)).toBeRefused({ status: 401, error: 'invalid_token' })
    expect(make(401, 'Bearer realm="api"')).toBeRefused({ status: 401, error: null })
    expect(make(401, INVALID)).not.toBeRefused({ status: 403 })
    expect(make(401, INVALID)).not.toBeRefused({ error: 'insufficient_scope' })
    expect(make(401, INVALID)).not.toBeRefused({ error: null })
    expect(make(503)).not.toBeRefused()
    expect(make(200)).not.toBeRefused()
  })

  it('toBeUnavailable holds of 503', () => {
    expect(make(503)).toBeUnavailable()
    expect(make(401, INVALID)).not.toBeUnavailable()
    expect(make(500)).not.toBeUnavailable()
  })

  it('toBeGranted holds of 200 to 299', () => {
    expect(make(204)).toBeGranted()
    expect(make(302)).not.toBeGranted()
    expect(make(403)).not.toBeGranted()
    expect(make(503)).not.toBeGranted()
  })

  it('toChallenge finds one of several challenges', () => {
    expect(make(401, STEP_UP)).toChallenge()
    expect(make(401, STEP_UP)).toChallenge({
      scheme: 'bearer',
      realm: 'api',
      error: 'insufficient_user_authentication',
      acr_values: ['gold', 'silver'],
      max_age: 300,
      scope: 'orders/read orders/write',
      resource_metadata: /\/oauth-protected-resource$/,
      error_description: null,
    })
    expect(make(401, STEP_UP)).toChallenge({ scheme: 'DPoP', algs: ['ES256', 'RS256'], error: null })
    expect(make(401)).not.toChallenge()
  })

  it.each([
    { scheme: 'Basic' },
    { scheme: 'DPoP', realm: 'api' },
    { realm: 'API' },
    { realm: null, scheme: 'Bearer' },
    { nonce: 'x' },
    { scope: ['orders/read'] },
    { scope: ['orders/read', 'orders/write', 'orders/delete'] },
    { scope: 'orders/write orders/read' },
    { acr_values: ['bronze'] },
    { max_age: 30 },
    { resource_metadata: /^http:/ },
  ] as const)('toChallenge does not find %j', (expected) => {
    expect(make(401, STEP_UP)).not.toChallenge(expected)
  })

  it('a reason or scopes, which nobody could see there, are errors', () => {
    const reason = 'finds no reason in a response; look at the decision'
    expect(() => expect(make(401, INVALID)).toBeRefused({ reason: 'x' })).toThrow(reason)
    expect(() => expect(make(401, INVALID)).not.toBeRefused({ reason: 'x' })).toThrow(reason)
    expect(() => expect(make(503)).not.toBeUnavailable({ reason: 'x' })).toThrow(reason)
    expect(() => expect(make(200)).not.toBeGranted({ scopes: ['x'] })).toThrow('finds no scopes in a response')
  })
})

it('a malformed header is nothing to matchers that ask for none of it, as at userInfo of Cognito', async () => {
  await using pool = await fakeCognito()
  const answer = await pool.fetch(pool.userInfo.url)
  expect(answer).toBeRefused({ status: 400 })
  expect(answer).not.toBeGranted()
  for (const assertion of [
    () => expect(answer).toBeRefused({ error: 'invalid_request' }),
    () => expect(answer).not.toBeRefused({ error: null }),
    () => expect(answer).not.toChallenge(),
  ]) {
    expect(failureOf(assertion)).toContain('malformed at character 1: a parameter stands before any scheme')
  }
})

describe('of a decision', () => {
  it('each outcome is what it says, and nothing else', () => {
    expect(decision.granted).toBeGranted()
    expect(decision.refused).toBeRefused({ status: 401, error: 'invalid_token', reason: 'token-expired' })
    expect(decision.unavailable).toBeUnavailable({ reason: 'jwks-unreachable' })
    for (const denied of [decision.refused, decision.unavailable]) expect(denied).not.toBeGranted()
    for (const other of [decision.granted, decision.unavailable]) expect(other).not.toBeRefused()
    for (const other of [decision.granted, decision.refused]) expect(other).not.toBeUnavailable()
    expect(decision.refused).not.toBeRefused({ reason: 'token-revoked' })
    expect(decision.unavailable).not.toBeUnavailable({ reason: 'token-expired' })
  })

  it('toBeGranted looks for scopes among those that were granted', () => {
    expect(decision.granted).toBeGranted({ scopes: ['orders/write'] })
    expect(decision.granted).toBeGranted({ scopes: ['orders/write', 'orders/read'] })
    expect(decision.granted).not.toBeGranted({ scopes: ['orders/read', 'orders/delete'] })
    expect(decision.refused).not.toBeGranted({ scopes: ['orders/read'] })
  })

  it('toChallenge reads its header', () => {
    expect(decision.refused).toChallenge({ scheme: 'Bearer', error: 'invalid_token', realm: 'api' })
    expect(decision.unavailable).not.toChallenge()
    expect(decision.granted).not.toChallenge()
  })

  it('an error of `verify` does in its place', async () => {
    const error = Object.assign(new Error('x'), { code: 'token-expired', status: 401, challenge: INVALID })
    const verify = () => Promise.reject(error)
    await expect(verify()).rejects.toBeRefused({ status: 401, error: 'invalid_token', reason: 'token-expired' })
    await expect(verify()).rejects.toChallenge({ error: 'invalid_token' })
  })
})

it('the matchers are functions, too, for any other runner', () => {
  expect(toBeRefused(decision.refused, { status: 401 }).pass).toBe(true)
  const failed = toBeRefused(decision.refused, { status: 403 })
  expect([failed.pass, failed.message()]).toStrictEqual([false, expect.stringContaining('refused with status 403')])
  expect([toBeGranted, toBeUnavailable, toChallenge].map((matcher) => matcher(decision.granted).pass)).toStrictEqual([
    true,
    false,
    false,
  ])
})

describe('a failure says what was expected and what is', () => {
  it.each([
    [
      'a refusal of another kind',
      () => expect(decision.refused).toBeRefused({ status: 403, error: 'insufficient_scope', reason: 'scope-missing' }),
      `expected an answer that is refused with status 403, error insufficient_scope, reason scope-missing
received one that is refused, status 401, error invalid_token, reason token-expired
  WWW-Authenticate: Bearer realm="api", error="invalid_token", error_description="The access token expired"`,
    ],
    [
      'not a refusal',
      () => expect(new Response(null, { status: 401 })).not.toBeRefused(),
      'expected an answer that is not refused\nreceived one that is refused, status 401',
    ],
    [
      'an error that the body may have',
      () => expect(Response.json({ error: 'x' }, { status: 401 })).toBeRefused({ error: 'x' }),
      'expected an answer that is refused with error x\nreceived one that is refused, status 401, the body unread',
    ],
    [
      'an outage',
      () => expect(new Response(null, { status: 500 })).toBeUnavailable(),
      'expected an answer that is unavailable\nreceived one that is neither granted, refused nor unavailable, status 500',
    ],
    [
      'scopes',
      () => expect(decision.granted).toBeGranted({ scopes: ['orders/delete'] }),
      'expected an answer that is granted with scope orders/delete\nreceived one that is granted, scopes orders/read orders/write',
    ],
    [
      'a challenge',
      () => expect(decision.unavailable).toChallenge({ scheme: 'Bearer', scope: ['a', 'b'], error: null, realm: /x/ }),
      'expected an answer that has a challenge with scheme Bearer, scope a b, no error, realm /x/\nreceived one that is unavailable, status 503, reason jwks-unreachable',
    ],
    [
      'no challenge',
      () => expect({ status: 401, headers: { 'www-authenticate': 'Negotiate abc==' } }).not.toChallenge(),
      'expected an answer that has no challenge\nreceived one that is refused, status 401\n  WWW-Authenticate: Negotiate [redacted]',
    ],
  ])('where it expected %s', (_, assertion, message) => {
    expect(failureOf(assertion)).toBe(message)
  })

  it('and never a token', async () => {
    await using pool = await fakeCognito()
    const token = await pool.accessToken()
    const challenge = `Bearer realm="${token}", error="${token}", error_description="bad: ${token}"`
    const answers = [
      ...Object.values(forms).map((make) => make(401, challenge, { error: token, token })),
      { ...decision.refused, headers: { 'WWW-Authenticate': challenge }, reason: token, body: { token } },
      { outcome: 'granted', principal: { scopes: [token], claims: { token } } },
    ]
    for (const answer of answers) {
      for (const message of [
        failureOf(() => expect(answer).toBeUnavailable()),
        failureOf(() => expect(answer).toChallenge({ scheme: 'Digest', realm: token })),
      ]) {
        for (const part of token.split('.')) expect(message).not.toContain(part)
      }
    }
    const malformed = { status: 401, headers: { 'www-authenticate': `Bearer ${token}="x" ${token}` } }
    for (const message of [
      failureOf(() => expect(malformed).toChallenge()),
      failureOf(() => expect(malformed).toBeGranted()),
    ]) {
      expect(message).toContain('WWW-Authenticate is malformed at character')
      for (const part of token.split('.')) expect(message).not.toContain(part)
    }
  })
})

describe('a mistake in the test is an error, with not as well', () => {
  it.each([
    ['a misspelt member', () => expect(decision.refused).not.toBeRefused({ stauts: 401 } as never), 'knows no stauts'],
    [
      'a member that is undefined',
      () => expect(decision.refused).not.toBeRefused({ error: undefined } as never),
      'error as undefined',
    ],
    [
      'a parameter that is undefined',
      () => expect(decision.refused).not.toChallenge({ realm: undefined } as never),
      'realm as undefined',
    ],
    [
      'a status that is no refusal',
      () => expect(decision.refused).not.toBeRefused({ status: 404 } as never),
      '400, 401 or 403',
    ],
    [
      'an error that is no text',
      () => expect(decision.refused).not.toBeRefused({ error: 1 } as never),
      'error as text',
    ],
    ['a reason that is no text', () => expect(decision.refused).not.toBeRefused({ reason: '' }), 'reason as text'],
    [
      'no scope',
      () => expect(decision.granted).not.toBeGranted({ scopes: [] } as never),
      'scopes as a list of text, not empty',
    ],
    [
      'scopes that are text',
      () => expect(decision.granted).not.toBeGranted({ scopes: 'a' } as never),
      'scopes as a list',
    ],
    [
      'a parameter that is an object',
      () => expect(decision.refused).not.toChallenge({ realm: {} } as never),
      'takes realm as text, a number',
    ],
    [
      'an empty list',
      () => expect(decision.refused).not.toChallenge({ scope: [] } as never),
      'takes scope as text, a number',
    ],
    [
      'something in place of an object',
      () => expect(decision.refused).not.toBeRefused(401 as never),
      'takes an object, or nothing',
    ],
    [
      'a header that is malformed',
      () => expect({ status: 401, headers: { 'www-authenticate': 'a="b"' } }).not.toChallenge(),
      'malformed',
    ],
    ['no answer', () => expect({}).not.toBeRefused(), 'toBeRefused looks at'],
  ])('%s', (_, assertion, message) => {
    expect(failureOf(assertion)).toContain(message)
  })
})
