import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CognitoUserPoolOptions } from '../../src/cognito/index.js'
import type { ResourceServerOptions, RoutePolicy, TokenwardEvent } from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { manualClock } from '../support/manual-clock.js'
import { withToken } from '../support/test-issuer.js'

const SDK = 'aws.cognito.signin.user.admin'
const LIVE = { name: 'live', maxRevocationLag: '0s' } as const
const BOUND = { name: 'bound', maxRevocationLag: '30s' } as const

/** A pool on a loopback port, and an API that takes its tokens. */
async function cognito(changed: Partial<CognitoUserPoolOptions> = {}, options: Partial<ResourceServerOptions> = {}) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  onTestFinished(() => pool.close())
  // Both keys are at hand before anything here has a deadline.
  await pool.publicKeys()
  const { url } = await pool.serve()
  const events: TokenwardEvent[] = []
  const api = cognitoApi(
    pool,
    { endpoint: url, domain: url, allowInsecureLoopback: true, ...changed },
    { fetch: undefined, onEvent: (event) => events.push(event), ...options },
  )
  const decide = (token: string, policy: RoutePolicy = LIVE) => api.authorize(withToken(token), policy)
  const calls = () => [pool.getUser.hits, pool.userInfo.hits]
  return { pool, api, events, decide, calls }
}

describe('the token of a user', () => {
  it.each([
    ['GetUser', [SDK], [1, 0]],
    ['GetUser', [SDK, 'openid'], [1, 0]],
    ['userInfo', ['openid', 'orders/read'], [0, 1]],
  ] as const)('is shown to %s where its scopes are %j', async (_, scopes, asked) => {
    const { pool, decide, calls } = await cognito()
    const token = await pool.accessToken({ scopes })
    expect(await decide(token)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(calls()).toStrictEqual(asked)
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect(await decide(token)).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(await decide(token, {})).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(await decide(token, BOUND)).toMatchObject({ status: 401, reason: 'token-revoked' })
    expect(calls().map((hits) => hits / 2)).toStrictEqual(asked)
  })

  it('that is young enough asks nobody on a route with a bound', async () => {
    const { pool, decide, calls } = await cognito()
    const token = await pool.accessToken()
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'local-validation' } } })
    expect(calls()).toStrictEqual([0, 0])
    pool.clock.advance('26s')
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    expect(await decide(token, BOUND)).toMatchObject({ principal: { evidence: { source: 'cached-answer' } } })
    expect(calls()).toStrictEqual([1, 0])
  })

  it('is refused at once when its user was signed out, disabled or deleted', async () => {
    for (const end of ['revokeUser', 'disableUser', 'deleteUser'] as const) {
      const { pool, decide } = await cognito()
      const token = await pool.accessToken({ sub: 'u1' })
      expect(await decide(token)).toMatchObject({ outcome: 'granted' })
      await pool[end]('u1')
      expect(await decide(token)).toMatchObject({ status: 401, reason: 'token-revoked' })
    }
  })

  it('is shown to nobody before every local check has passed', async () => {
    const { pool, decide, calls } = await cognito()
    for (const forge of Object.values(pool.forged)) {
      expect(await decide(await forge())).toMatchObject({ status: 401 })
    }
    expect(await decide(await pool.accessToken(), { ...LIVE, scopes: ['orders/write'] })).toMatchObject({ status: 403 })
    expect(calls()).toStrictEqual([0, 0])
  })

  it('is not let in by an answer about somebody else', async () => {
    const { pool, decide } = await cognito()
    const body = JSON.stringify({ Username: 'x', UserAttributes: [{ Name: 'sub', Value: 'another' }] })
    pool.getUser.garbage({ body, contentType: 'application/x-amz-json-1.1' })
    const policy = { ...LIVE, maxRevocationLagDuringOutage: '1h' } as const
    expect(await decide(await pool.accessToken(), policy)).toMatchObject({ status: 503, reason: 'live-check-failed' })
  })
})

describe('a token that Cognito cannot be asked about', () => {
  const kinds = {
    'of a machine': (pool: Awaited<ReturnType<typeof cognito>>['pool']) => pool.m2mToken(),
    'without the scopes': (pool: Awaited<ReturnType<typeof cognito>>['pool']) =>
      pool.accessToken({ scopes: ['orders/read'] }),
  }

  it.each(Object.entries(kinds))(
    '%s is refused for good on a route without lag: no new one would do',
    async (_, make) => {
      const { pool, decide, calls, events } = await cognito()
      const outcome = await decide(await make(pool))
      expect(outcome).toMatchObject({
        outcome: 'refused',
        status: 403,
        body: { error: 'insufficient_scope' },
        reason: 'evidence-unobtainable',
      })
      const { headers } = outcome as { headers: Record<string, string> }
      expect(headers['WWW-Authenticate']).toContain('error="insufficient_scope"')
      expect(headers['WWW-Authenticate']).not.toContain(' scope=')
      expect(headers).not.toHaveProperty('Retry-After')
      expect(calls()).toStrictEqual([0, 0])
      expect(events.at(-1)).toMatchObject({ type: 'request-refused', status: 403, reason: 'evidence-unobtainable' })
    },
  )

  it.each(Object.entries(kinds))(
    '%s opens a route with a bound while it is young, then a new one does',
    async (_, make) => {
      const { pool, decide, calls } = await cognito()
      const token = await make(pool)
      expect(await decide(token, BOUND)).toMatchObject({ outcome: 'granted' })
      pool.clock.advance('31s')
      expect(await decide(token, BOUND)).toMatchObject({
        status: 401,
        body: { error: 'invalid_token' },
        reason: 'revocation-lag-exceeded',
      })
      expect(await decide(await make(pool), BOUND)).toMatchObject({ outcome: 'granted' })
      expect(await decide(token, {})).toMatchObject({ outcome: 'granted' })
      expect(calls()).toStrictEqual([0, 0])
    },
  )

  it('is one with openid alone where no domain is given', async () => {
    const { pool, decide, calls } = await cognito({ domain: undefined })
    const token = await pool.accessToken({ scopes: ['openid'] })
    expect(await decide(token)).toMatchObject({ status: 403, reason: 'evidence-unobtainable' })
    expect(calls()).toStrictEqual([0, 0])
  })

  it('is every token with liveness: false, and an ID token always', async () => {
    const off = await cognito({ liveness: false })
    const [accessToken, idToken] = [await off.pool.accessToken(), await off.pool.idToken()]
    expect(await off.decide(accessToken)).toMatchObject({ status: 403, reason: 'evidence-unobtainable' })
    off.pool.clock.advance('31s')
    expect(await off.decide(accessToken, BOUND)).toMatchObject({ status: 401, reason: 'revocation-lag-exceeded' })
    expect(off.calls()).toStrictEqual([0, 0])
    expect(await off.decide(idToken, {})).toMatchObject({ status: 401, reason: 'id-token-presented' })
    const ids = await cognito({ tokenUse: 'id' })
    expect(await ids.decide(await ids.pool.idToken())).toMatchObject({ status: 403, reason: 'evidence-unobtainable' })
    expect(ids.calls()).toStrictEqual([0, 0])
  })

  it('is told when a policy is made that needs it', async () => {
    const { api, events, pool } = await cognito({ liveness: false })
    api.policy(BOUND)
    expect(events).toStrictEqual([])
    api.policy(LIVE)
    expect(events).toMatchObject([{ type: 'evidence-unobtainable', issuer: pool.issuer, route: 'live', tokens: 'jwt' }])
  })
})

describe('an answer of Cognito that is none', () => {
  const RELAXED = { ...LIVE, maxRevocationLagDuringOutage: '1h' } as const

  it.each([
    ['TooManyRequestsException', 400],
    ['TooManyRequestsException', 429],
    ['LimitExceededException', 400],
    ['ForbiddenException', 400],
    ['PasswordResetRequiredException', 400],
    ['UserNotConfirmedException', 400],
    ['InvalidParameterException', 400],
  ])('(%s with status %i) is 503, and relaxes nothing', async (error, status) => {
    const { pool, decide } = await cognito()
    const token = await pool.accessToken()
    pool.getUser.fail({ status, error })
    expect(await decide(token, RELAXED)).toMatchObject({
      outcome: 'unavailable',
      status: 503,
      headers: { 'Retry-After': '1' },
      reason: 'live-check-failed',
    })
    pool.getUser.recover()
    expect(await decide(token, {})).toMatchObject({ outcome: 'granted' })
  })

  it.each([
    ['a server error', 'fail'],
    ['a broken connection', 'drop'],
    ['no answer in time', 'hang'],
  ] as const)('(%s) is an outage: 503, unless the route has a bound for it', async (_, fault) => {
    const { pool, decide } = await cognito({ timeout: '400ms' })
    const token = await pool.accessToken()
    pool.getUser[fault]()
    expect(await decide(token)).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } })
    expect(await decide(token, RELAXED)).toMatchObject({
      principal: { evidence: { source: 'local-validation', relaxed: true } },
    })
  })

  it('for want of calls that may be made is 503, and relaxes nothing', async () => {
    const clock = manualClock()
    const { pool, decide, calls } = await cognito({ liveness: { rate: 1, burst: 2 } }, { clock })
    const tokens = await Promise.all([1, 2, 3].map(() => pool.accessToken()))
    const outcomes = await Promise.all(tokens.map((token) => decide(token, RELAXED)))
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toStrictEqual(['granted', 'granted', 'unavailable'])
    expect(calls()).toStrictEqual([2, 0])
    clock.advance(1_000)
    expect(await decide(tokens[2] as string)).toMatchObject({ outcome: 'granted' })
  })
})
