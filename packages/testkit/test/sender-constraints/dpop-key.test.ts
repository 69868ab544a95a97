import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it } from 'vitest'
import { dpopKey, type DpopKey, type DpopProofRequest, fakeAuthorizationServer } from '../../src/index.js'
import type { ForgedProofs, SigningAlgorithm } from '../../src/index.js'

const ORDERS = 'https://api.example/orders'
const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** What a resource server of another make says of a request whose token is bound to the key. */
async function judge(key: DpopKey, proof: Partial<DpopProofRequest> = {}, algorithm: SigningAlgorithm = 'ES256') {
  const server = await fakeAuthorizationServer()
  closers.push(server.close)
  const accessToken = await server.accessToken({ cnf: key.cnf })
  const dpop = await key.proof({ method: 'GET', url: `${ORDERS}?page=2#top`, accessToken, ...proof })
  const request = new Request(`${ORDERS}?page=2`, { headers: { authorization: `DPoP ${accessToken}`, dpop } })
  return oauth.validateJwtAccessToken(
    { issuer: server.issuer, jwks_uri: server.jwks.url },
    request,
    'https://api.example',
    {
      requireDPoP: true,
      signingAlgorithms: ['RS256', algorithm],
      [oauth.customFetch]: (url: string, init: object) => server.fetch(url, init),
    },
  )
}

describe('a key for DPoP', () => {
  it.each<SigningAlgorithm>(['ES256', 'RS256'])(
    'makes proofs with %s that a resource server accepts',
    async (algorithm) => {
      const key = await dpopKey({ algorithm })
      expect(await judge(key, {}, algorithm)).toMatchObject({ cnf: { jkt: key.thumbprint } })
    },
  )

  it.each<[string, Partial<DpopProofRequest>]>([
    ['for another method', { method: 'POST' }],
    ['for another address', { url: 'https://api.example/admin' }],
    ['for another token', { accessToken: 'another' }],
    ['of long ago', { claims: { iat: 1 } }],
    ['without a jti', { claims: { jti: undefined } }],
    ['of another type', { header: { typ: 'JWT' } }],
  ])('makes proofs %s, which are refused', async (_, proof) => {
    await expect(judge(await dpopKey(), proof)).rejects.toThrow(oauth.OperationProcessingError)
  })

  it('makes forgeries of every kind, which are refused', async () => {
    const key = await dpopKey()
    // What the other library does not look at: it neither makes nonces nor minds a header it does not know of.
    const lenient = new Set(['otherNonce', 'critical'])
    const unlike = new Set<string>()
    for (const [name, forge] of Object.entries(key.forged)) {
      unlike.add(await forge({ method: 'GET', url: ORDERS }))
      const judged = judge({ ...key, proof: forge })
      if (lenient.has(name)) await judged.catch(() => undefined)
      else await expect(judged, name).rejects.toThrow()
    }
    expect(unlike.size).toBe(Object.keys(key.forged).length)
  })

  it('makes each forgery wrong in what it says, and right in all else', async () => {
    const now = Date.now()
    const key = await dpopKey({ clock: { now: () => now } })
    const request = { method: 'GET', url: ORDERS, accessToken: 'token', nonce: 'n' }
    const parts = (proof: string) =>
      proof
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object)
    const [rightHeader = {}, rightClaims = {}] = parts(await key.proof(request))
    const differing = async (name: keyof ForgedProofs) => {
      const [header = {}, claims = {}] = parts(await key.forged[name](request))
      const all = { ...rightHeader, ...header, ...rightClaims, ...claims }
      const said =
        ({ ...right }: object, { ...forged }: object) =>
        (member: string) =>
          JSON.stringify(Reflect.get(right, member)) !== JSON.stringify(Reflect.get(forged, member))
      const isOther = said({ ...rightHeader, ...rightClaims }, { ...header, ...claims })
      return Object.keys(all)
        .filter((member) => member !== 'jti' && isOther(member))
        .join(' ')
    }
    const told: Record<keyof ForgedProofs, string> = {
      otherType: 'typ',
      withoutType: 'typ',
      algNone: 'alg',
      hs256WithPublicKey: 'alg',
      withoutKey: 'jwk',
      privateKey: 'jwk',
      otherKey: 'jwk',
      strangersKey: 'jwk',
      tampered: '',
      critical: 'crit https://extension.example',
      withoutId: '',
      withoutMethod: 'htm',
      withoutUrl: 'htu',
      withoutTime: 'iat',
      withoutTokenHash: 'ath',
      otherMethod: 'htm',
      otherPath: 'htu',
      otherHost: 'htu',
      otherToken: 'ath',
      tooOld: 'iat',
      fromTheFuture: 'iat',
      otherNonce: 'nonce',
    }
    expect(Object.keys(told).toSorted()).toStrictEqual(Object.keys(key.forged).toSorted())
    for (const [name, members] of Object.entries(told)) {
      expect(await differing(name as keyof ForgedProofs), name).toBe(members)
    }
    expect(Object.keys(parts(await key.forged.withoutId(request))[1] ?? {})).not.toContain('jti')
  })

  it('is another key each time: a proof of one does not serve a token of another', async () => {
    const [mine, stolen] = [await dpopKey(), await dpopKey()]
    await expect(judge({ ...mine, cnf: stolen.cnf })).rejects.toThrow(/confirmation/i)
  })

  it('has the thumbprint of its public key, and shows no private member', async () => {
    for (const key of [await dpopKey(), await dpopKey({ algorithm: 'RS256' })]) {
      expect(key.thumbprint).toBe(await calculateJwkThumbprint(key.publicJwk as JWK))
      expect(Object.keys(key.publicJwk)).not.toContain('d')
    }
  })

  it('says when and for what a proof was made', async () => {
    const key = await dpopKey({ clock: { now: () => 1_700_000_000_900 } })
    const made = { method: 'POST', url: `${ORDERS}?a=b#c`, nonce: 'n-1' }
    const proof = await key.proof(made)
    const { payload } = await jwtVerify(proof, EmbeddedJWK, { currentDate: new Date(1_700_000_000_000) })
    expect(payload).toStrictEqual({
      jti: expect.any(String),
      htm: 'POST',
      htu: ORDERS,
      iat: 1_700_000_000,
      nonce: 'n-1',
    })
    expect(decodeProtectedHeader(proof)).toStrictEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicJwk })
    expect((await jwtVerify(await key.proof(made), EmbeddedJWK)).payload.jti).not.toBe(payload.jti)
  })

  it('refuses what it does not know', async () => {
    await expect(dpopKey({ algorithm: 'HS256' as never })).rejects.toThrow("algorithm must be 'ES256' or 'RS256'")
    await expect(dpopKey({ alg: 'ES256' } as never)).rejects.toThrow('knows no alg')
    const key = await dpopKey()
    await expect(key.proof({ method: 'GET', url: '/orders' })).rejects.toThrow('takes the whole url')
    await expect(key.proof({ method: '', url: ORDERS })).rejects.toThrow('takes the method as text')
    await expect(key.proof({ method: 'GET', url: ORDERS, htm: 'GET' } as never)).rejects.toThrow('knows no htm')
  })
})
