import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CognitoUserPoolOptions } from '../../src/cognito/index.js'
import {
  createResourceServer,
  definePolicy,
  inMemoryRevocationList,
  type ResourceServer,
  type RoutePolicy,
  type TokenwardEvent,
} from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { introspectedApi, introspectingIssuer, type IssuerChanges } from '../support/introspected-api.js'
import { anonymous, serverFor, testIssuer } from '../support/test-issuer.js'

const LAGS = ['token-lifetime', '30s', '5s', '0s'] as const

/** Per bound, what each kind of token is let in by. */
function sourcesOf(api: ResourceServer, tokens: 'jwt' | 'opaque' = 'jwt') {
  return Object.fromEntries(
    LAGS.map((maxRevocationLag) => [
      maxRevocationLag,
      api
        .explain({ maxRevocationLag })
        .issuers.filter((issuer) => issuer.tokens === tokens)
        .flatMap(({ sources }) => sources),
    ]),
  )
}

/** An API whose issuer is followed by a complete feed. */
async function followedApi(changed: IssuerChanges) {
  const revocationList = inMemoryRevocationList()
  const { server, issuer } = await introspectingIssuer(changed)
  const feed = () =>
    revocationList.feed({
      issuer: server.issuer,
      name: 'feed',
      source: 'authorization-server',
      complete: true,
      keys: ['sub'],
      delay: '0s',
    })
  const events: TokenwardEvent[] = []
  const api = createResourceServer({ issuers: [issuer], revocationList, onEvent: (event) => events.push(event) })
  onTestFinished(() => api.close())
  return { api, feed, events }
}

describe('explain', () => {
  it('says which issuers a route takes and what each costs', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const row = ({ options }: typeof a) => ({
      issuers: [options.issuer],
      tokens: 'jwt',
      sources: ['local-validation'],
      liveEndpoints: [],
      duringOutage: 'unaffected',
    })
    expect(api.explain()).toStrictEqual({
      route: undefined,
      maxRevocationLag: 'token-lifetime',
      maxRevocationLagDuringOutage: undefined,
      heldFor: 0,
      acrValues: [],
      maxAge: undefined,
      senderConstrained: 'if-bound',
      confirmationMethods: [],
      decisions: [],
      issuers: [row(a), row(b)],
    })
    expect(api.explain({ name: 'r', issuers: [b.options.issuer] })).toStrictEqual({
      route: 'r',
      maxRevocationLag: 'token-lifetime',
      maxRevocationLagDuringOutage: undefined,
      heldFor: 0,
      acrValues: [],
      maxAge: undefined,
      senderConstrained: 'if-bound',
      confirmationMethods: [],
      decisions: [],
      issuers: [row(b)],
    })
  })

  it('says what a route demands of the login', async () => {
    const { api } = serverFor(await testIssuer())
    expect(api.explain({ acrValues: ['phr', 'mfa'], maxAge: '5m' })).toMatchObject({
      acrValues: ['phr', 'mfa'],
      maxAge: 300_000,
    })
  })

  it('names the sources of an issuer that cannot be asked', async () => {
    const { api } = serverFor(await testIssuer())
    expect(sourcesOf(api)).toStrictEqual({
      'token-lifetime': ['local-validation'],
      '30s': ['local-validation'],
      // No token is younger than what two clocks may differ by.
      '5s': [],
      '0s': [],
    })
    const { api: unchecking } = serverFor(await testIssuer(), { issuedAtIsEvidence: false })
    expect(sourcesOf(unchecking)).toMatchObject({ 'token-lifetime': ['local-validation'], '30s': [], '0s': [] })
  })

  it('names the sources of an issuer that is introspected, in the order they are asked for', async () => {
    const { api } = await introspectedApi()
    expect(sourcesOf(api)).toStrictEqual({
      'token-lifetime': ['local-validation'],
      '30s': ['local-validation', 'cached-answer', 'live-call'],
      '5s': ['cached-answer', 'live-call'],
      '0s': ['live-call'],
    })
    expect(sourcesOf(api, 'opaque')).toStrictEqual({
      'token-lifetime': ['cached-answer', 'live-call'],
      '30s': ['cached-answer', 'live-call'],
      '5s': ['cached-answer', 'live-call'],
      '0s': ['live-call'],
    })
  })

  it('names a revocation list once a complete feed follows the issuer', async () => {
    const { api, feed } = await followedApi({ maxTokenLifetime: '1h' })
    expect(sourcesOf(api)['30s']).not.toContain('revocation-list')
    feed()
    expect(sourcesOf(api)).toStrictEqual({
      'token-lifetime': ['local-validation'],
      '30s': ['local-validation', 'revocation-list', 'cached-answer', 'live-call'],
      '5s': ['cached-answer', 'live-call'],
      '0s': ['live-call'],
    })
    expect(sourcesOf(api, 'opaque')['30s']).toStrictEqual(['revocation-list', 'cached-answer', 'live-call'])
  })

  it('names no list where nobody has said how long tokens live: it proves nothing then', async () => {
    const { api, feed } = await followedApi({})
    feed()
    expect(sourcesOf(api)['30s']).not.toContain('revocation-list')
  })

  it.each<[string, Partial<CognitoUserPoolOptions>, readonly string[], readonly string[]]>([
    ['on', {}, ['live-call'], ['GetUser']],
    ['on and a domain', { domain: 'https://login.example.com' }, ['live-call'], ['GetUser', 'userInfo']],
    ['off', { liveness: false }, [], []],
    ['impossible: ID tokens', { tokenUse: 'id' }, [], []],
  ])('tells where a pool is asked, with liveness %s', async (_, changed, sources, liveEndpoints) => {
    const api = cognitoApi(await fakeCognito(), changed)
    expect(api.explain({ maxRevocationLag: '0s' }).issuers).toMatchObject([{ tokens: 'jwt', sources, liveEndpoints }])
  })

  it.each<[RoutePolicy, string]>([
    [{}, 'unaffected'],
    [{ maxRevocationLag: '30s' }, 'unavailable'],
    [{ maxRevocationLag: '0s' }, 'unavailable'],
    [{ maxRevocationLag: '0s', maxRevocationLagDuringOutage: '5m' }, 'relaxed'],
  ])('tells what an outage does to %j', async (policy, duringOutage) => {
    const { api } = await introspectedApi({ opaqueTokens: false })
    expect(api.explain(policy).issuers).toMatchObject([{ duringOutage }])
  })

  it('tells that an outage changes nothing where nobody is asked, or nobody enters', async () => {
    const { api } = serverFor(await testIssuer())
    const duringOutage = (maxRevocationLag: '30s' | '0s') =>
      api.explain({ maxRevocationLag, maxRevocationLagDuringOutage: '5m' }).issuers[0]?.duringOutage
    expect([duringOutage('30s'), duringOutage('0s')]).toStrictEqual(['unaffected', 'refused'])
  })
})

describe('a policy that no token of an issuer can meet', () => {
  const warnings = (events: readonly TokenwardEvent[]) =>
    events.filter(({ type }) => type === 'evidence-unobtainable').map((event) => (event as { route: unknown }).route)

  it('is reported once, by name, when the server first meets it', async () => {
    const issuer = await testIssuer()
    const { api, events } = serverFor(issuer)
    const policy = definePolicy({ name: 'admin', maxRevocationLag: '0s' })
    expect(events).toStrictEqual([])
    api.explain(policy)
    for (const _ of Array(3)) await api.authorize(anonymous, policy)
    api.policy(policy)
    expect(events.filter(({ type }) => type === 'evidence-unobtainable')).toStrictEqual([
      {
        type: 'evidence-unobtainable',
        at: issuer.clock.now(),
        issuer: issuer.options.issuer,
        route: 'admin',
        tokens: 'jwt',
      },
    ])
  })

  it('is reported once, also where it is written out anew for each request', async () => {
    const { api, events } = serverFor(await testIssuer())
    for (const name of ['a', 'b', 'a', 'b', 'a']) await api.authorize(anonymous, { name, maxRevocationLag: '0s' })
    expect(warnings(events)).toStrictEqual(['a', 'b'])
  })

  it('is not reported where a list, or a live call, may serve it', async () => {
    const { api, feed, events } = await followedApi({
      maxTokenLifetime: '1h',
      issuedAtIsEvidence: false,
      opaqueTokens: false,
      introspection: undefined,
    })
    feed()
    api.policy({ name: 'bound', maxRevocationLag: '30s' })
    api.policy({ name: 'live', maxRevocationLag: '0s' })
    expect(warnings(events)).toStrictEqual(['live'])
    const introspected = await introspectedApi()
    introspected.api.policy({ maxRevocationLag: '0s' })
    expect(introspected.events).toStrictEqual([])
  })
})
