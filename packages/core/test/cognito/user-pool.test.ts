import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cognitoUserPool, type CognitoUserPoolOptions } from '../../src/cognito/index.js'
import { ConfigurationError, createResourceServer, type TokenwardEvent } from '../../src/index.js'
import { definitionOf } from '../../src/issuers/trusted-issuer.js'
import type { LiveCheck } from '../../src/tokens/live-check.js'
import { createFetchClient, type Fetch } from '../../src/transport/fetch-client.js'
import { systemClock } from '../../src/transport/clock.js'
import { cognitoApi } from '../support/cognito-api.js'
import { cognitoServer, getUserAnswer, userFacts } from '../support/cognito-server.js'
import { json, pathsAskedFor } from '../support/loopback-server.js'
import { withToken } from '../support/test-issuer.js'

describe('the options of cognitoUserPool', () => {
  const valid: CognitoUserPoolOptions = { userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' }

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a pool id that is none',
      { userPoolId: 'x' },
      "cognitoUserPool.userPoolId must be a user pool id such as 'eu-west-1_AbCdEf123'",
    ],
    [
      'no client',
      { clientId: undefined },
      'cognitoUserPool.clientId must be an app client id or a list of them (null accepts every client of the pool)',
    ],
    ['an empty client', { clientId: '' }, 'cognitoUserPool.clientId'],
    ['an empty list of clients', { clientId: [] }, 'cognitoUserPool.clientId'],
    ['a client that is undefined', { clientId: ['web', undefined] }, 'cognitoUserPool.clientId'],
    ['an unknown token use', { tokenUse: 'refresh' }, "cognitoUserPool.tokenUse must be 'access' or 'id'"],
    ['token use null', { tokenUse: null }, 'cognitoUserPool.tokenUse'],
    ['an empty audience', { audience: [] }, 'cognitoUserPool.audience'],
    [
      'an audience for ID tokens',
      { audience: 'x', tokenUse: 'id' },
      'cognitoUserPool.audience applies to access tokens',
    ],
    ['an http endpoint', { endpoint: 'http://localhost:9229' }, 'cognitoUserPool.endpoint must be an https URL'],
    ['no issuers', { issuers: [] }, 'cognitoUserPool.issuers must be a list'],
    [
      'an issuer of another pool',
      { issuers: ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other'] },
      'must each end with /<userPoolId>',
    ],
    [
      'an http issuer',
      { issuers: ['http://a.example/eu-west-1_AbCdEf123'] },
      'cognitoUserPool.issuers must be an https URL',
    ],
    ['a misspelt option', { clientID: 'web' }, 'cognitoUserPool.clientID is not an option'],
    ['a domain without its scheme', { domain: 'auth.example.com' }, 'cognitoUserPool.domain must be an absolute https'],
    ['an http domain', { domain: 'http://localhost:9229' }, 'cognitoUserPool.domain must be an https URL'],
    [
      'an http domain that is not loopback',
      { domain: 'http://auth.example.com', allowInsecureLoopback: true },
      'cognitoUserPool.domain must be an https URL',
    ],
    ['liveness that is neither', { liveness: true }, 'cognitoUserPool.liveness must be options such as'],
    ['a rate that is none', { liveness: { rate: -1 } }, 'cognitoUserPool.liveness.rate must be a number'],
    [
      'liveness for ID tokens',
      { liveness: { rate: 5 }, tokenUse: 'id' },
      'cognitoUserPool.liveness applies to access tokens',
    ],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => cognitoUserPool({ ...valid, ...changed } as CognitoUserPoolOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })
})

describe('the issuers of a pool', () => {
  it('may be named, for a replica', () => {
    const issuers = ['https://cognito-idp.eu-central-1.amazonaws.com/eu-west-1_Ab1'] as const
    expect(cognitoUserPool({ userPoolId: 'eu-west-1_Ab1', clientId: 'web', issuers }).issuers).toStrictEqual(issuers)
  })

  it('report nothing while AWS answers 403 for the format a pool has not switched to, and all else', async () => {
    const pool = await fakeCognito()
    const events: TokenwardEvent[] = []
    const api = cognitoApi(pool, {}, { onEvent: (event) => events.push(event) })
    await api.ready()
    expect(events).toMatchObject([{ type: 'jwks-refreshed', issuer: pool.issuer }])
    pool.jwks.fail({ status: 403 })
    pool.clock.advance('11m')
    await api.verify(await pool.accessToken())
    await expect
      .poll(() => events)
      .toContainEqual(expect.objectContaining({ type: 'jwks-refresh-failed', issuer: pool.issuer, httpStatus: 403 }))
  })

  it.each(['ORIGINAL', 'UPDATED'] as const)('serve a pool of type %s without being told', async (issuerType) => {
    const pool = await fakeCognito({ issuerType })
    const api = cognitoApi(pool)
    expect(await api.authorize(withToken(await pool.accessToken()))).toMatchObject({ outcome: 'granted' })
    await expect(api.ready()).resolves.toBeUndefined()
  })

  it.each<[string, number | 'hanging', object]>([
    ['answers 500', 500, { code: 'unexpected-status', httpStatus: 500 }],
    ['answers 404', 404, { code: 'unexpected-status', httpStatus: 404 }],
    ['does not answer', 'hanging', { code: 'timeout' }],
  ])('are not ready while the host of the second %s, and say which it is', async (_, answer, failure) => {
    const pool = await fakeCognito()
    const fetch: Fetch = async (url, init) => {
      if (!url.startsWith('https://issuer-')) return pool.fetch(url, init)
      return answer === 'hanging' ? new Promise(() => {}) : Response.json({}, { status: answer })
    }
    const api = cognitoApi(pool, { timeout: answer === 'hanging' ? '1s' : '30s' }, { fetch })
    const updated = pool.issuer.replace('https://', 'https://issuer-')
    await expect(api.ready()).rejects.toMatchObject({ name: 'UpstreamError', ...failure })
    await expect(api.ready()).rejects.toThrow(`The keys of ${updated} could not be loaded`)
    expect(await api.authorize(withToken(await pool.accessToken()))).toMatchObject({ outcome: 'granted' })
  })

  it('are not ready where neither is served', async () => {
    const pool = await fakeCognito()
    pool.jwks.fail({ status: 403 })
    await expect(cognitoApi(pool).ready()).rejects.toMatchObject({ httpStatus: 403 })
  })

  it('are ready however often that is asked while the next attempt at the second is not due', async () => {
    const api = cognitoApi(await fakeCognito())
    for (let i = 0; i < 3; i++) await expect(api.ready()).resolves.toBeUndefined()
  })
})

describe('every forged token', () => {
  const reasons = {
    wrongKey: 'signature-invalid',
    unknownKid: 'unknown-key',
    tampered: 'signature-invalid',
    algNone: 'algorithm-not-allowed',
    hs256WithPublicKey: 'algorithm-not-allowed',
    expired: 'token-expired',
    notYetValid: 'token-not-yet-valid',
    issuedInTheFuture: 'issued-in-the-future',
    withoutExpiry: 'claims-malformed',
    idToken: 'id-token-presented',
    otherPool: 'issuer-not-trusted',
    otherClient: 'client-not-accepted',
    critical: 'critical-header',
    senderConstrained: 'sender-constraint-unchecked',
  } as const

  it('of the testkit is named here', async () => {
    expect(Object.keys((await fakeCognito()).forged).toSorted()).toStrictEqual(Object.keys(reasons).toSorted())
  })

  it.each(Object.entries(reasons))('%s is refused: %s', async (kind, reason) => {
    const pool = await fakeCognito()
    const token = await pool.forged[kind as keyof typeof reasons]()
    expect(await cognitoApi(pool).authorize(withToken(token))).toMatchObject({
      outcome: 'refused',
      status: 401,
      reason,
    })
  })
})

describe('another pool', () => {
  it('is refused although its token names this pool', async () => {
    const [pool, other] = [await fakeCognito(), await fakeCognito()]
    const stolen = await other.accessToken({ claims: { iss: pool.issuer } })
    expect(await cognitoApi(pool).authorize(withToken(stolen))).toMatchObject({
      outcome: 'refused',
      reason: 'unknown-key',
    })
  })

  it('may be configured beside the first', async () => {
    const [a, b] = [await fakeCognito({ clients: ['web'] }), await fakeCognito({ clients: ['web'] })]
    const api = createResourceServer({
      issuers: [
        cognitoUserPool({ userPoolId: a.userPoolId, clientId: 'web' }),
        cognitoUserPool({ userPoolId: b.userPoolId, clientId: 'web' }),
      ],
      fetch: (url, init) => (url.includes(a.userPoolId) ? a : b).fetch(url, init as never),
    })
    expect((await api.verify(await a.accessToken())).issuer).toBe(a.issuer)
    expect((await api.verify(await b.accessToken())).issuer).toBe(b.issuer)
  })

  it('cannot be the same pool twice', () => {
    const pool = cognitoUserPool({ userPoolId: 'eu-west-1_Ab1', clientId: 'web' })
    expect(() => createResourceServer({ issuers: [pool, pool] })).toThrow(
      'createResourceServer.issuers[1] repeats https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1',
    )
  })
})

describe('the endpoint option', () => {
  it('moves the keys to another host and leaves the issuer alone', async () => {
    const pool = await fakeCognito()
    const served = await pool.serve()
    onTestFinished(() => served.close())
    const api = cognitoApi(pool, { endpoint: `${served.url}/`, allowInsecureLoopback: true }, { fetch: undefined })
    expect(await api.verify(await pool.accessToken())).toMatchObject({ issuer: pool.issuer })
    expect(pool.jwks.hits).toBe(1)
  })
})

describe('the liveness of a pool', () => {
  const userPoolId = 'eu-west-1_Ab1'
  const question = { token: 'a.b.c', credible: true, sentAt: { wall: 0, monotonic: 0 } }

  /** As a server would start it, on a `fetch` that keeps the addresses. */
  function connectLive(changed: Partial<CognitoUserPoolOptions> = {}): {
    readonly live: LiveCheck | undefined
    readonly urls: readonly string[]
  } {
    const urls: string[] = []
    const http = createFetchClient(() => async (url) => {
      urls.push(url)
      return Response.json({ ...getUserAnswer(), sub: 'user-1' })
    })
    const pool = cognitoUserPool({ userPoolId, clientId: 'web', ...changed })
    const live = definitionOf(pool, 'pool').connectLive?.({ http, clock: systemClock, emit: () => {} })
    return { live, urls }
  }

  it.each([
    ['eu-west-1_Ab1', 'https://cognito-idp.eu-west-1.amazonaws.com/'],
    ['cn-north-1_Ab1', 'https://cognito-idp.cn-north-1.amazonaws.com.cn/'],
    ['eusc-de-east-1_Ab1', 'https://cognito-idp.eusc-de-east-1.amazonaws.eu/'],
  ])('asks the API in the Region of %s', async (id, url) => {
    const { live, urls } = connectLive({ userPoolId: id })
    expect(await live?.ask({ ...question, facts: userFacts() })).toMatchObject({ active: true })
    expect(urls).toStrictEqual([url])
  })

  it('asks userInfo of the domain for tokens without the scope of the API', async () => {
    const facts = userFacts({ scopes: ['openid'] })
    expect(connectLive().live?.reaches(facts)).toBe(false)
    const { live, urls } = connectLive({ domain: 'https://auth.example.com/' })
    expect(await live?.ask({ ...question, facts })).toMatchObject({ active: true })
    expect(urls).toStrictEqual(['https://auth.example.com/oauth2/userInfo'])
  })

  it('follows the endpoint option, and a domain on loopback where that is allowed', async () => {
    const server = await cognitoServer(json({ ...getUserAnswer(), sub: 'user-1' }))
    const { http } = server
    const options = { endpoint: `${server.url}//`, domain: server.url, allowInsecureLoopback: true }
    const pool = cognitoUserPool({ userPoolId, clientId: 'web', ...options })
    const live = definitionOf(pool, 'pool').connectLive?.({ http, clock: systemClock, emit: () => {} })
    await live?.ask({ ...question, facts: userFacts() })
    await live?.ask({ ...question, facts: userFacts({ scopes: ['openid'] }) })
    expect(pathsAskedFor(server)).toStrictEqual(['/', '/oauth2/userInfo'])
  })

  it('keeps the limits it is given', async () => {
    const { live, urls } = connectLive({ liveness: { rate: 1, burst: 1 } })
    await live?.ask({ ...question, facts: userFacts() })
    await expect(live?.ask({ ...question, facts: userFacts() })).rejects.toMatchObject({ code: 'call-limited' })
    expect(urls).toHaveLength(1)
  })

  it.each<[string, Partial<CognitoUserPoolOptions>]>([
    ['where it is off', { liveness: false }],
    ['for ID tokens', { tokenUse: 'id' }],
    ['for ID tokens, where it is off', { tokenUse: 'id', liveness: false, domain: 'https://auth.example.com' }],
  ])('does not exist %s', (_, changed) => {
    expect(connectLive(changed).live).toBeUndefined()
  })
})
