import { describe, expect, it } from 'vitest'
import {
  authorizationServer,
  ConfigurationError,
  createResourceServer,
  type ResourceServerOptions,
} from '../../src/index.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('the options of createResourceServer', () => {
  const issuer = authorizationServer({ issuer: 'https://auth.example.com', audience: 'orders-api' })

  it.each<[string, Record<string, unknown>, string]>([
    ['an empty realm', { realm: '' }, 'createResourceServer.realm must be printable ASCII text'],
    ['a realm with a line break', { realm: 'a\r\nb' }, 'createResourceServer.realm'],
    [
      'a token limit of nothing',
      { maxTokenBytes: 0 },
      'createResourceServer.maxTokenBytes must be a whole number of bytes from 1024 to 65536',
    ],
    ['a token limit without end', { maxTokenBytes: Infinity }, 'createResourceServer.maxTokenBytes'],
    [
      'a memory of less than nothing',
      { maxVerifiedTokens: -1 },
      'createResourceServer.maxVerifiedTokens must be a whole number from 0 (off) to 1000000',
    ],
    ['a memory without end', { maxVerifiedTokens: Infinity }, 'createResourceServer.maxVerifiedTokens'],
    ['a fetch that is none', { fetch: {} }, 'createResourceServer.fetch must be a function'],
    ['an observer that is none', { onEvent: {} }, 'createResourceServer.onEvent must be a function'],
    ['a clock that is none', { clock: {} }, 'createResourceServer.clock must have a now()'],
    [
      'a clock that answers with a Date',
      { clock: { now: () => new Date() } },
      'createResourceServer.clock must have a now()',
    ],
    [
      'a clock that answers with text',
      { clock: { now: () => '2026-01-01' } },
      'createResourceServer.clock must have a now()',
    ],
    ['a clock that answers with nothing', { clock: { now() {} } }, 'createResourceServer.clock must have a now()'],
    [
      'a clock that answers with NaN',
      { clock: { now: () => Number.NaN } },
      'createResourceServer.clock must have a now()',
    ],
    ['a monotonic clock that is none', { clock: { now: () => 0, monotonic: 5 } }, 'monotonic() may be left out'],
    ['a misspelt option', { issuer: [issuer] }, 'createResourceServer.issuer is not an option'],
    [
      'a revocation list',
      { revocationList: {} },
      'createResourceServer.revocationList must be made by inMemoryRevocationList()',
    ],
    [
      'sender constraints',
      { senderConstraints: [] },
      'createResourceServer.senderConstraints must be a list of one or more',
    ],
    ['a decision point', { decisionPoint: {} }, 'createResourceServer.decisionPoint must have a decide()'],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => createResourceServer({ issuers: [issuer], ...changed } as ResourceServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('may be missing altogether, with a clear error', () => {
    expect(() => createResourceServer(undefined as never)).toThrow(
      'createResourceServer takes a plain object of options',
    )
  })
})

describe('the fetch option', () => {
  it('makes every call', async () => {
    const issuer = await testIssuer()
    const urls: string[] = []
    const { api } = serverFor(
      issuer,
      {},
      {
        fetch: async (url) => {
          urls.push(url)
          return Response.json({ keys: [issuer.key.jwk] })
        },
      },
    )
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(urls).toStrictEqual([issuer.jwks.url])
    expect(issuer.jwks.requests).toHaveLength(0)
  })
})

describe('the token limit', () => {
  it('may be moved', async () => {
    const issuer = await testIssuer()
    const token = issuer.token({ filler: 'x'.repeat(2_000) })
    expect(await serverFor(issuer, {}, { maxTokenBytes: 1_024 }).api.authorize(withToken(token))).toMatchObject({
      reason: 'token-too-large',
    })
    expect(await serverFor(issuer).api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    expect(
      await serverFor(issuer).api.authorize(withToken(issuer.token({ filler: 'x'.repeat(16_384) }))),
    ).toMatchObject({ reason: 'token-too-large' })
  })
})
