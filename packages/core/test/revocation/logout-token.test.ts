import { describe, expect, it } from 'vitest'
import type { JwksSource } from '../../src/keys/jwks-source.js'
import { createStaticJwks } from '../../src/keys/static-jwks.js'
import { inMemoryRevocationList } from '../../src/revocation/in-memory-revocation-list.js'
import { readLogoutToken, receiveLogoutToken, SeenLogoutTokens } from '../../src/revocation/logout-token.js'
import { type CompactJws, parseCompactJws } from '../../src/tokens/compact-jws.js'
import { logoutClaims, logoutExpectations } from '../support/logout-tokens.js'
import { manualClock } from '../support/manual-clock.js'
import { ISSUER, NOW } from '../support/revoked-tokens.js'
import { issue, signer } from '../support/signing.js'

const key = signer('ES256')
const keysOf = (...signers: (typeof key)[]) =>
  createStaticJwks({ keys: signers.map(({ jwk }) => jwk as never) }, ['ES256', 'RS256'], () => {})
const parsed = (token: string) => parseCompactJws(token, 8_192) as CompactJws
const token = (claims: Record<string, unknown> = {}, from = key, header = {}) =>
  parsed(issue(from, { header: { typ: 'logout+jwt', ...header }, payload: { ...logoutClaims, ...claims } }))

function setUp(keys: JwksSource = keysOf(key), maxEntries = 10) {
  const list = inMemoryRevocationList({ clock: manualClock(NOW), maxEntries })
  const options = { ...logoutExpectations, keys, algorithms: ['ES256'] as const, seen: new SeenLogoutTokens(), list }
  return {
    list,
    seen: options.seen,
    read: (jws: CompactJws) => readLogoutToken(jws, options, NOW),
    receive: (jws: CompactJws) => receiveLogoutToken(jws, options, NOW),
  }
}

describe('a logout token', () => {
  it('that its issuer signed puts the login on the list', async () => {
    const { list, receive } = setUp()
    expect(await receive(token())).toMatchObject({ jti: 'logout-1', entries: [{ kind: 'login', login: 'login-1' }] })
    expect(list.find(ISSUER, 'login', 'login-1')).toBeDefined()
  })

  it('counts once', async () => {
    const { receive } = setUp()
    await receive(token())
    expect(await receive(token())).toBe('logout-token-replayed')
    expect(await receive(token({ jti: 'logout-2' }))).toBeTypeOf('object')
  })

  it('counts again as long as the list could not take it', async () => {
    const { list, receive } = setUp(keysOf(key), 1)
    await list.add({ kind: 'issuer', issuer: 'https://full.example.com' })
    await expect(receive(token())).rejects.toMatchObject({ code: 'list-full' })
    await expect(receive(token())).rejects.toMatchObject({ code: 'list-full' })
  })

  it('is not remembered by being read', async () => {
    const { read } = setUp()
    expect(await read(token())).toBeTypeOf('object')
    expect(await read(token())).toBeTypeOf('object')
  })

  it.each<[string, CompactJws, string]>([
    ['of another key', token({}, signer('ES256', { kid: key.kid })), 'signature-invalid'],
    ['of a key nobody knows', token({}, signer('ES256')), 'unknown-key'],
    ['of an algorithm that is not accepted', token({}, signer('RS256')), 'algorithm-not-allowed'],
    ['without signature', token({}, key, { alg: 'none' }), 'algorithm-not-allowed'],
    ['that is an ID token', token({ events: undefined, nonce: 'n' }), 'no-logout-event'],
    ['changed on its way', parsed(tampered()), 'signature-invalid'],
  ])('%s ends nothing', async (_, jws, reason) => {
    const { list, receive } = setUp()
    expect(await receive(jws)).toBe(reason)
    expect(list.size).toBe(0)
  })

  it('waits for keys that cannot be had now', async () => {
    const down: JwksSource = {
      find: async () => ({ result: 'unavailable', reason: 'jwks-unreachable' }),
      async load() {},
      atHand: () => undefined,
      snapshot: () => undefined,
      close() {},
    }
    expect(await setUp(down).receive(token())).toBe('jwks-unreachable')
  })

  it('that is refused by what it says costs no key look-up', async () => {
    const never: JwksSource = {
      find() {
        throw new Error('asked for a key')
      },
      async load() {},
      atHand: () => undefined,
      snapshot: () => undefined,
      close() {},
    }
    expect(await setUp(never).receive(token({ aud: 'other' }))).toBe('audience-not-accepted')
  })
})

describe('the memory of logout tokens', () => {
  it('is one for each issuer, and forgets the oldest when it is full', () => {
    const seen = new SeenLogoutTokens()
    seen.remember(ISSUER, 'a')
    expect([seen.has(ISSUER, 'a'), seen.has('https://b.example', 'a')]).toStrictEqual([true, false])
    for (let i = 0; i < 10_000; i++) seen.remember(ISSUER, `filler-${i}`)
    expect([seen.has(ISSUER, 'a'), seen.has(ISSUER, 'filler-0')]).toStrictEqual([false, true])
  })
})

function tampered(): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const [header, , signature] = issue(key, { payload: { ...logoutClaims } }).split('.')
  return `${header}.${encode({ ...logoutClaims, sid: 'login-2' })}.${signature}`
}
