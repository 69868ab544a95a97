import { describe, expect, it } from 'vitest'
import { checkLivenessOptions, createCognitoLiveness } from '../../src/cognito/cognito-liveness.js'
import { ConfigurationError } from '../../src/outcomes/errors.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { readInstant } from '../../src/transport/clock.js'
import { brokenConnection, cognitoError, cognitoServer, getUserAnswer, userFacts } from '../support/cognito-server.js'
import { json, pathsAskedFor } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

const ADMIN = 'aws.cognito.signin.user.admin'

/** Liveness on a server that knows one user, at both endpoints. */
async function setUp({ hasDomain = true, rate = 1_000, burst = 1_000, timeout = 2_000 } = {}) {
  const clock = manualClock()
  const server = await cognitoServer(json({ ...getUserAnswer(), sub: 'user-1' }))
  const { http } = server
  const live = createCognitoLiveness({
    http,
    clock,
    limit: { rate, burst },
    api: `${server.url}/`,
    domain: hasDomain ? server.url : undefined,
    timeout,
  })
  let tokens = 0
  /** Asks about a token of its own each time, unless one is named. */
  const ask = (facts: TokenFacts | undefined = userFacts(), token = `a.b.${(tokens += 1)}`) =>
    live.ask({ token, facts, credible: true, sentAt: readInstant(clock) })
  const codeOf = (facts?: TokenFacts, token?: string) =>
    ask(facts, token).then(
      ({ active }) => active,
      ({ code }: { code: string }) => code,
    )
  return { clock, server, http, live, ask, codeOf }
}

describe('the endpoint that is asked', () => {
  it.each([
    ['GetUser', [ADMIN], '/'],
    ['GetUser, where both would do', ['openid', ADMIN], '/'],
    ['userInfo', ['openid', 'profile'], '/oauth2/userInfo'],
  ])('is %s, by the scopes of the token', async (_, scopes, path) => {
    const { server, live, ask } = await setUp()
    const facts = userFacts({ scopes })
    expect(live.reaches(facts)).toBe(true)
    expect(await ask(facts, 'a.b.c')).toStrictEqual({ active: true, facts: undefined })
    expect(pathsAskedFor(server)).toStrictEqual([path])
  })

  it.each<[string, TokenFacts | undefined]>([
    ['a token of custom scopes alone', userFacts({ scopes: ['orders/read', 'aws.cognito.signin.user', 'OPENID'] })],
    ['an ID token', userFacts({ claims: { token_use: 'id', 'cognito:username': 'somebody' } })],
    ['a token of no known use', userFacts({ claims: { token_use: undefined } })],
    ['the token of a machine', userFacts({ subject: 'web', claims: { username: undefined } })],
    ['an opaque token', undefined],
  ])('is none for %s', async (_, facts) => {
    const { server, live } = await setUp()
    expect(live.reaches(facts)).toBe(false)
    await expect(
      live.ask({ token: 'a.b.c', facts, credible: true, sentAt: { wall: 0, monotonic: 0 } }),
    ).rejects.toMatchObject({ code: 'unexpected-content' })
    expect(server.requests).toHaveLength(0)
  })

  it('is never userInfo without a domain', async () => {
    const { live } = await setUp({ hasDomain: false })
    expect(live.reaches(userFacts({ scopes: ['openid'] }))).toBe(false)
    expect(live.reaches(userFacts({ scopes: ['openid', ADMIN] }))).toBe(true)
  })

  it('is told for explanations', async () => {
    expect((await setUp()).live.endpoints).toStrictEqual(['GetUser', 'userInfo'])
    expect((await setUp({ hasDomain: false })).live.endpoints).toStrictEqual(['GetUser'])
  })
})

describe('an answer', () => {
  it('is inactive once the token was revoked', async () => {
    const { server, ask } = await setUp()
    server.answer = cognitoError('NotAuthorizedException')
    expect(await ask()).toStrictEqual({ active: false })
    server.answer = json({}, 401, { 'www-authenticate': 'error="invalid_token"' })
    expect(await ask(userFacts({ scopes: ['openid'] }))).toStrictEqual({ active: false })
  })

  it('about another user is none', async () => {
    const { codeOf } = await setUp()
    const other = { subject: 'user-2' }
    expect(await codeOf(userFacts(other))).toBe('unexpected-content')
    expect(await codeOf(userFacts({ ...other, scopes: ['openid'] }))).toBe('unexpected-content')
  })

  it('that fails holds nothing of the token', async () => {
    const { server, ask } = await setUp()
    const token = 'header.payload.signature-of-the-token'
    for (const answer of [
      cognitoError(token),
      cognitoError('ForbiddenException'),
      brokenConnection,
      json(token, 500),
    ]) {
      server.answer = answer
      const error: unknown = await ask(userFacts(), token).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'UpstreamError' })
      const { message, stack, cause } = error as Error
      expect(`${message} ${stack} ${String(cause)}`).not.toMatch(/signature-of-the-token/)
    }
  })
})

describe('the limit of liveness', () => {
  it('is our own, and no call is made beyond it', async () => {
    const { server, codeOf } = await setUp({ rate: 1, burst: 2 })
    expect([await codeOf(), await codeOf(), await codeOf()]).toStrictEqual([true, true, 'call-limited'])
    expect(server.requests).toHaveLength(2)
  })

  it('is one for both endpoints', async () => {
    const { codeOf } = await setUp({ rate: 1, burst: 1 })
    expect(await codeOf(userFacts({ scopes: ['openid'] }))).toBe(true)
    expect(await codeOf()).toBe('call-limited')
  })

  it('is tighter for one token, told by its signature', async () => {
    const { clock, codeOf } = await setUp()
    const calls = (token: string) => Promise.all(Array.from({ length: 6 }, () => codeOf(userFacts(), token)))
    expect((await calls('a.b.one')).filter((result) => result === true)).toHaveLength(5)
    expect((await calls('a.b.other')).filter((result) => result === true)).toHaveLength(5)
    clock.advance(1_000)
    expect(await codeOf(userFacts(), 'a.b.one')).toBe(true)
  })

  it('is halved when Cognito asks for fewer calls, at either endpoint', async () => {
    for (const scopes of [[ADMIN], ['openid']]) {
      const { clock, server, codeOf } = await setUp({ rate: 4, burst: 4 })
      const { answer } = server
      server.answer = json({ __type: 'TooManyRequestsException' }, 429)
      expect(await codeOf(userFacts({ scopes }))).toBe('throttled')
      server.answer = answer
      clock.advance(1_000)
      expect([await codeOf(), await codeOf(), await codeOf()]).toStrictEqual([true, true, 'call-limited'])
    }
  })

  it('is not halved by what else goes wrong', async () => {
    const { clock, server, codeOf } = await setUp({ rate: 2, burst: 2 })
    const { answer } = server
    server.answer = cognitoError('InternalErrorException')
    await codeOf()
    server.answer = answer
    clock.advance(1_000)
    expect([await codeOf(), await codeOf(), await codeOf()]).toStrictEqual([true, true, 'call-limited'])
  })
})

describe('the circuit in front of an endpoint', () => {
  it.each([
    ['the server breaks connections', brokenConnection, 'connection-failed'],
    ['the server does not answer', () => {}, 'timeout'],
    ['the server is at fault', cognitoError('InternalErrorException', 500), 'server-error'],
  ] as const)('opens when %s, and then makes no call', async (_, answer, code) => {
    // Long enough for a machine that is busy with other tests; only one of the three waits for it.
    const { clock, server, codeOf } = await setUp({ timeout: code === 'timeout' ? 1_000 : 10_000 })
    const { answer: healthy } = server
    server.answer = answer
    const failures = Array.from({ length: 5 }, () => codeOf())
    expect(await Promise.all(failures)).toStrictEqual(Array.from({ length: 5 }, () => code))
    const { length } = server.requests
    expect(await codeOf()).toBe('circuit-open')
    expect(server.requests).toHaveLength(length)
    server.answer = healthy
    clock.advance(800)
    expect([await codeOf(), await codeOf()]).toStrictEqual([true, true])
  })

  it.each([
    ['inactive', cognitoError('NotAuthorizedException')],
    ['throttled', cognitoError('TooManyRequestsException')],
    ['an error of ours', cognitoError('ForbiddenException', 403)],
    ['nonsense', json('[]')],
  ])('stays closed while there is an answer: %s', async (_, answer) => {
    const { server, codeOf } = await setUp()
    server.answer = answer
    for (let i = 0; i < 12; i++) await codeOf()
    expect(server.requests).toHaveLength(12)
  })

  it('counts failures in a row, which any answer ends', async () => {
    const { server, codeOf } = await setUp()
    for (let i = 0; i < 3; i++) {
      server.answer = brokenConnection
      for (let k = 0; k < 4; k++) expect(await codeOf()).toBe('connection-failed')
      server.answer = cognitoError('ForbiddenException')
      expect(await codeOf()).toBe('unexpected-status')
    }
  })

  it('is one for each endpoint', async () => {
    const { server, codeOf } = await setUp()
    const { answer } = server
    server.answer = brokenConnection
    for (let i = 0; i < 5; i++) await codeOf()
    server.answer = answer
    expect(await codeOf()).toBe('circuit-open')
    expect(await codeOf(userFacts({ scopes: ['openid'] }))).toBe(true)
  })

  it('uses up nothing of the limit while it is open', async () => {
    const { clock, server, codeOf } = await setUp({ rate: 0.1, burst: 6 })
    const { answer } = server
    server.answer = brokenConnection
    for (let i = 0; i < 5; i++) await codeOf()
    for (let i = 0; i < 20; i++) expect(await codeOf()).toBe('circuit-open')
    server.answer = answer
    clock.advance(800)
    expect(await codeOf()).toBe(true)
  })

  it('is not kept open by a call that the limit stopped', async () => {
    const { clock, server, codeOf } = await setUp({ rate: 1, burst: 5 })
    const { answer } = server
    server.answer = brokenConnection
    for (let i = 0; i < 5; i++) await codeOf()
    server.answer = answer
    clock.advance(800)
    expect(await codeOf()).toBe('call-limited')
    clock.advance(200)
    expect(await codeOf()).toBe(true)
  })

  it('learns nothing from calls that were ended here', async () => {
    const { http, codeOf } = await setUp()
    http.close()
    for (let i = 0; i < 8; i++) expect(await codeOf()).toBe('closed')
  })
})

describe('the options of liveness', () => {
  it.each<[unknown, unknown]>([
    [undefined, { rate: 20, burst: 40 }],
    [{}, { rate: 20, burst: 40 }],
    [{ rate: 60 }, { rate: 60, burst: 120 }],
    [{ rate: 0.1 }, { rate: 0.1, burst: 1 }],
    [{ burst: 1 }, { rate: 20, burst: 1 }],
    [
      { rate: undefined, burst: undefined },
      { rate: 20, burst: 40 },
    ],
    [
      { rate: 10_000, burst: 10_000 },
      { rate: 10_000, burst: 10_000 },
    ],
    [false, undefined],
  ])('%j are %j', (liveness, limit) => {
    expect(checkLivenessOptions('pool.liveness', liveness)).toStrictEqual(limit)
  })

  it.each<[unknown, string]>([
    [true, 'pool.liveness must be options such as { rate: 20 }, or false'],
    [null, 'pool.liveness takes a plain object'],
    ['off', 'pool.liveness must be options'],
    [20, 'pool.liveness must be options'],
    [[], 'pool.liveness takes a plain object'],
    [{ rates: 20 }, 'pool.liveness.rates is not an option'],
    [{ rate: 0 }, 'pool.liveness.rate must be a number of calls per second from 0.1 to 10000'],
    [{ rate: 10_001 }, 'pool.liveness.rate'],
    [{ rate: Number.NaN }, 'pool.liveness.rate'],
    [{ rate: '20' }, 'pool.liveness.rate'],
    [{ rate: null }, 'pool.liveness.rate'],
    [{ burst: 0 }, 'pool.liveness.burst must be a whole number of calls from 1 to 10000'],
    [{ burst: 1.5 }, 'pool.liveness.burst'],
    [{ burst: 10_001 }, 'pool.liveness.burst'],
    [{ burst: '5' }, 'pool.liveness.burst'],
  ])('%j are refused', (liveness, message) => {
    const check = () => checkLivenessOptions('pool.liveness', liveness)
    expect(check).toThrow(ConfigurationError)
    expect(check).toThrow(message)
  })
})
