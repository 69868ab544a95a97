import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cognitoUserPool } from '../../src/cognito/index.js'
import { authorizationServer, type CommonIssuerOptions, ConfigurationError } from '../../src/index.js'
import { json } from '../support/loopback-server.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

type Make = (options: CommonIssuerOptions) => unknown
const makers: [string, Make][] = [
  ['authorizationServer', (more) => authorizationServer({ issuer: 'https://a.example', audience: 'api', ...more })],
  ['cognitoUserPool', (more) => cognitoUserPool({ userPoolId: 'eu-west-1_Ab1', clientId: 'web', ...more })],
]

describe.each(makers)('the options that %s shares with every issuer', (owner, make) => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a clock tolerance of an hour', { clockTolerance: '1h' }, 'clockTolerance must be a duration from 0s to 1m'],
    ['a negative clock tolerance', { clockTolerance: -1 }, 'clockTolerance must be'],
    ['a timeout of nothing', { timeout: 0 }, 'timeout must be a duration from 100ms to 30s'],
    ['a refresh age of nothing', { refreshAfter: '0s' }, 'refreshAfter must be a duration from 1s to 1d'],
    ['a maximum age of a month', { maxAge: '30d' }, 'maxAge must be a duration from 1s to 7d'],
    [
      'a maximum age below the refresh age',
      { refreshAfter: '1h', maxAge: '30m' },
      'maxAge must not be below refreshAfter, which is 1h',
    ],
    ['a token age of nothing', { maxTokenAge: 0 }, 'maxTokenAge must be a duration from 1s to 365d'],
    ['loopback as text', { allowInsecureLoopback: 'true' }, 'allowInsecureLoopback must be true or false'],
    ['a token lifetime of nothing', { maxTokenLifetime: 0 }, 'maxTokenLifetime must be a duration from 1s to 365d'],
    ['a propagation of hours', { propagationDelay: '1h' }, 'propagationDelay must be a duration from 0s to 5m'],
    ['a fact that is text', { issuedAtIsEvidence: 'no' }, 'issuedAtIsEvidence must be true or false'],
  ])('are refused at once: %s', (_, options, message) => {
    expect(() => make(options)).toThrow(ConfigurationError)
    expect(() => make(options)).toThrow(`${owner}.${message}`)
  })
})

describe('clockTolerance', () => {
  it.each([
    ['0s', 0, 'refused'],
    ['5s', 4, 'granted'],
    ['5s', 5, 'refused'],
    ['60s', 59, 'granted'],
    [undefined, 4, 'granted'],
    [undefined, 5, 'refused'],
  ] as const)('of %j lets a token in that ended %i seconds ago: %s', async (clockTolerance, late, outcome) => {
    const issuer = await testIssuer()
    const exp = Math.floor(issuer.clock.now() / 1_000) - late
    const token = issuer.token({ exp, iat: exp - 60 })
    issuer.clock.stepWall(-(issuer.clock.now() % 1_000))
    expect(await serverFor(issuer, { clockTolerance }).api.authorize(withToken(token))).toMatchObject({ outcome })
  })
})

describe('timeout', () => {
  it('is three seconds by default', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, {}, { fetch: () => new Promise(() => {}) })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const answered = vi.fn()
    const outcome = api.authorize(withToken(issuer.token())).finally(answered)
    await vi.advanceTimersByTimeAsync(2_999)
    expect(answered).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(answered).toHaveBeenCalledOnce()
    expect(await outcome).toMatchObject({ reason: 'jwks-unreachable' })
  })
})

describe('refreshAfter', () => {
  it('is ten minutes by default', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    await api.ready()
    issuer.clock.advance(10 * 60_000)
    await api.ready()
    expect(issuer.jwks.requests).toHaveLength(1)
    issuer.clock.advance(1)
    await api.ready()
    expect(issuer.jwks.requests).toHaveLength(2)
  })
})

describe('maxAge', () => {
  it.each([
    ['six hours', {}, 6],
    ['refreshAfter, where that is longer', { refreshAfter: '12h' }, 12],
  ] as const)('is %s by default', async (_, options, hours) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, options)
    await api.ready()
    issuer.jwks.answer = json({}, 503)
    issuer.clock.advance(hours * 3_600_000)
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    issuer.clock.advance(1)
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ reason: 'jwks-unreachable' })
  })
})
