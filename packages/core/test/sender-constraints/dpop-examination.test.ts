import { dpopKey, type ForgedProofs } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { dpopApi, ORDERS, proven, verdictOn } from '../support/dpop-api.js'

const nonce = { secret: 'a-secret-of-thirty-two-characters' }

describe('a proof of DPoP (RFC 9449 §4.3)', () => {
  it('lets in the sender of a token that is bound to its key', async () => {
    for (const algorithm of ['ES256', 'RS256'] as const) {
      const { api, issuer } = await dpopApi()
      const key = await dpopKey({ algorithm, clock: issuer.clock })
      const token = issuer.token({ cnf: key.cnf })
      const proof = await key.proof({ method: 'GET', url: ORDERS, accessToken: token })
      expect(await verdictOn(api, proven(token, proof), { senderConstrained: 'required' })).toBe('granted')
    }
  })

  /** What each forgery of the testkit is refused for. */
  const reasons: Record<keyof ForgedProofs, string> = {
    otherType: 'dpop-proof-malformed',
    withoutType: 'dpop-proof-malformed',
    algNone: 'dpop-algorithm-not-allowed',
    hs256WithPublicKey: 'dpop-algorithm-not-allowed',
    withoutKey: 'dpop-proof-malformed',
    privateKey: 'dpop-key-not-usable',
    otherKey: 'dpop-signature-invalid',
    strangersKey: 'dpop-key-mismatch',
    tampered: 'dpop-signature-invalid',
    critical: 'dpop-proof-malformed',
    withoutId: 'dpop-proof-malformed',
    withoutMethod: 'dpop-proof-malformed',
    withoutUrl: 'dpop-proof-malformed',
    withoutTime: 'dpop-proof-malformed',
    withoutTokenHash: 'dpop-token-mismatch',
    otherMethod: 'dpop-method-mismatch',
    otherPath: 'dpop-target-mismatch',
    otherHost: 'dpop-target-mismatch',
    otherToken: 'dpop-token-mismatch',
    tooOld: 'dpop-proof-too-old',
    fromTheFuture: 'dpop-proof-from-the-future',
    otherNonce: 'granted',
  }

  it.each(Object.entries(reasons))('that is forged as %s comes to %s', async (name, reason) => {
    const { api, key, token } = await dpopApi()
    const forged = await key.forged[name as keyof ForgedProofs]({ method: 'GET', url: ORDERS, accessToken: token })
    expect(await verdictOn(api, proven(token, forged))).toBe(reason)
  })

  it('is there once', async () => {
    const { api, token, proof } = await dpopApi()
    const [first, second] = [await proof(), await proof()]
    expect(await verdictOn(api, proven(token, undefined))).toBe('dpop-proof-missing')
    expect(await verdictOn(api, proven(token, [first, second]))).toBe('dpop-proof-repeated')
    expect(await verdictOn(api, proven(token, [first, first]))).toBe('dpop-proof-repeated')
    const joined = new Request(ORDERS, { headers: { authorization: `DPoP ${token}` } })
    joined.headers.append('DPoP', first)
    joined.headers.append('DPoP', second)
    expect(await verdictOn(api, joined)).toBe('dpop-proof-repeated')
    const rawHeaders = ['DPoP', first, 'dpop', second]
    expect(await verdictOn(api, proven(token, first, { rawHeaders }))).toBe('dpop-proof-repeated')
    expect(await verdictOn(api, proven(token, ''))).toBe('dpop-proof-malformed')
    expect(await verdictOn(api, proven(token, first))).toBe('granted')
  })

  it('is for the method and the address of the request, whatever its host says', async () => {
    const { api, token, proof } = await dpopApi()
    const headers = (dpop: string) => ({ authorization: `DPoP ${token}`, dpop, host: 'evil.example' })
    const ask = async (method: string, url: string, changed = {}) =>
      verdictOn(api, { method, url, headers: headers(await proof(changed)) })
    expect(await ask('GET', '/orders?page=2')).toBe('granted')
    expect(await ask('POST', '/orders')).toBe('dpop-method-mismatch')
    expect(await ask('get', '/orders')).toBe('dpop-method-mismatch')
    expect(await ask('GET', '/orders/1')).toBe('dpop-target-mismatch')
    expect(await ask('GET', 'https://evil.example/orders')).toBe('granted')
    expect(await ask('GET', '/orders', { url: 'https://evil.example/orders' })).toBe('dpop-target-mismatch')
    expect(await ask('HEAD', '/orders', { method: 'HEAD' })).toBe('granted')
  })

  it('is of now, by clocks that differ a little', async () => {
    const { api, token, issuer, proof } = await dpopApi()
    const at = (seconds: number) => proof({ claims: { iat: Math.floor(issuer.clock.now() / 1_000) + seconds } })
    expect(await verdictOn(api, proven(token, await at(-60)))).toBe('granted')
    expect(await verdictOn(api, proven(token, await at(-67)))).toBe('dpop-proof-too-old')
    expect(await verdictOn(api, proven(token, await at(5)))).toBe('granted')
    expect(await verdictOn(api, proven(token, await at(7)))).toBe('dpop-proof-from-the-future')
    const stored = await proof()
    issuer.clock.advance(66_000)
    expect(await verdictOn(api, proven(token, stored))).toBe('dpop-proof-too-old')
  })

  it('is for this very token', async () => {
    const { api, issuer, key, token, proof } = await dpopApi()
    const other = issuer.token({ cnf: key.cnf, jti: 'other' })
    expect(await verdictOn(api, proven(other, await proof()))).toBe('dpop-token-mismatch')
    expect(await verdictOn(api, proven(token, await proof({ accessToken: other })))).toBe('dpop-token-mismatch')
  })

  it('is of the key that the token is bound to', async () => {
    const { api, issuer, token } = await dpopApi()
    const thief = await dpopKey({ clock: issuer.clock })
    const proof = await thief.proof({ method: 'GET', url: ORDERS, accessToken: token })
    const outcome = await api.authorize(proven(token, proof))
    expect(outcome).toMatchObject({ status: 401, reason: 'dpop-key-mismatch', body: { error: 'invalid_token' } })
  })

  it('is signed with an algorithm that is accepted here', async () => {
    const { api, token, proof } = await dpopApi({ algorithms: ['ES384'] })
    expect(await verdictOn(api, proven(token, await proof()))).toBe('dpop-algorithm-not-allowed')
  })

  it('needs the nonce of the server where it gives one out (RFC 9449 §9)', async () => {
    const { api, token, issuer, proof } = await dpopApi({ nonce })
    const first = await api.authorize(proven(token, await proof()))
    expect(first).toMatchObject({
      status: 401,
      reason: 'dpop-nonce-missing',
      body: { error: 'use_dpop_nonce' },
      headers: { 'WWW-Authenticate': expect.stringContaining('DPoP realm="api", error="use_dpop_nonce"') },
    })
    const told = first.headers['DPoP-Nonce' as never] as string
    const again = await api.authorize(proven(token, await proof({ nonce: told })))
    expect(again).toMatchObject({ outcome: 'granted', headers: {} })
    expect(again.headers).not.toHaveProperty('DPoP-Nonce')
    expect(await verdictOn(api, proven(token, await proof({ nonce: 'other' })))).toBe('dpop-nonce-not-accepted')
    issuer.clock.advance(10 * 60_000)
    const fresh = issuer.token({ cnf: (await dpopKey()).cnf })
    expect(await verdictOn(api, proven(fresh, await proof({ accessToken: fresh, nonce: told })))).toBe(
      'dpop-nonce-not-accepted',
    )
  })

  it('tells with a grant the nonce that follows', async () => {
    const { api, issuer, key, proof, token } = await dpopApi({ nonce })
    const refusal = await api.authorize(proven(token, await proof()))
    const told = refusal.headers['DPoP-Nonce' as never] as string
    issuer.clock.advance(5 * 60_000)
    const renewed = issuer.token({ cnf: key.cnf })
    const granted = await api.authorize(proven(renewed, await proof({ accessToken: renewed, nonce: told })))
    expect(granted).toMatchObject({
      outcome: 'granted',
      headers: { 'DPoP-Nonce': expect.stringMatching(/^[\w-]{22}$/), 'Cache-Control': 'no-store' },
    })
    expect(granted.headers).not.toMatchObject({ 'DPoP-Nonce': told })
  })

  it('is verified once for all policies, and spent once', async () => {
    const { api, token, proof } = await dpopApi()
    const presented = await api.present(proven(token, await proof()))
    expect(await presented.authorize({ scopes: ['b'] })).toMatchObject({ reason: 'scope-missing' })
    const all = await Promise.all([1, 2, 3].map(() => presented.authorize({ scopes: ['a'] })))
    expect(all.map(({ outcome }) => outcome)).toStrictEqual(['granted', 'granted', 'granted'])
  })
})

describe('a token that is bound to a key', () => {
  it('is refused as Bearer, with or without its proof (RFC 9449 §7.2)', async () => {
    const { api, token, proof } = await dpopApi()
    for (const dpop of [await proof(), undefined]) {
      const headers = { authorization: `Bearer ${token}`, ...(dpop !== undefined && { dpop }) }
      const outcome = await api.authorize({ method: 'GET', url: '/orders', headers })
      expect(outcome).toMatchObject({
        status: 401,
        reason: 'dpop-token-as-bearer',
        body: { error: 'invalid_token' },
        headers: {
          'WWW-Authenticate': expect.stringMatching(/^Bearer .*error="invalid_token".*, DPoP .*algs="ES256 /),
        },
      })
    }
    await expect(api.verify(token)).rejects.toMatchObject({ code: 'dpop-token-as-bearer' })
  })
})

describe('a token that is not bound', () => {
  it('is refused as DPoP, and accepted as Bearer where that is not ruled out', async () => {
    const { api, issuer, proof } = await dpopApi()
    const unbound = issuer.token()
    const request = proven(unbound, await proof({ accessToken: unbound }))
    expect(await verdictOn(api, request)).toBe('dpop-token-not-bound')
    const bearer = { method: 'GET', url: '/orders', headers: { authorization: `Bearer ${unbound}` } }
    expect(await verdictOn(api, bearer)).toBe('granted')
    expect(await verdictOn(api, bearer, { senderConstrained: 'required' })).toBe('sender-constraint-missing')
  })

  it('is refused on every route where DPoP is required', async () => {
    const { api, issuer, token, proof } = await dpopApi({ required: true })
    const bearer = { method: 'GET', url: '/orders', headers: { authorization: `Bearer ${issuer.token()}` } }
    expect(await api.authorize(bearer)).toMatchObject({
      reason: 'sender-constraint-missing',
      headers: { 'WWW-Authenticate': expect.stringMatching(/^DPoP realm="api", error="invalid_token"/) },
    })
    await expect(api.verify(issuer.token())).rejects.toMatchObject({ code: 'sender-constraint-missing' })
    expect(await verdictOn(api, proven(token, await proof()))).toBe('granted')
  })
})
