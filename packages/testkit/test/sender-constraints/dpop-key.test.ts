import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterEach, describe, expect, it } from 'vitest'
import { dpopKey, type DpopKey, type DpopProofRequest, fakeAuthorizationServer } from '../../src/index.js'
import type { SigningAlgorithm } from '../../src/index.js'

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
