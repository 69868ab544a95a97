import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'

/** AWS's own library as its documentation shows it: it fetches keys by itself, with what it imported from node:https. */
async function poolAndVerifier(options: Parameters<typeof fakeCognito>[0] = {}) {
  const pool = await fakeCognito(options)
  onTestFinished(() => pool.close())
  await pool.listen()
  const { userPoolId, clientId } = pool
  return { pool, verifier: CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' }) }
}

describe('aws-jwt-verify, unchanged, through listen()', () => {
  it('fetches the keys of the pool by itself, once', async () => {
    const { pool, verifier } = await poolAndVerifier()
    for (const sub of ['u1', 'u2']) {
      expect(await verifier.verify(await pool.accessToken({ sub }))).toMatchObject({ sub, iss: pool.issuer })
    }
    expect(pool.jwks.requests.map(({ method, url }) => [method, url])).toStrictEqual([['GET', pool.jwks.url]])
    await expect(verifier.verify(await pool.forged.wrongKey())).rejects.toThrow('Invalid signature')
  })

  it('fetches them again for a key it does not know', async () => {
    const { pool, verifier } = await poolAndVerifier()
    await verifier.verify(await pool.accessToken())
    await pool.rotateKeys()
    expect(await verifier.verify(await pool.accessToken())).toMatchObject({ token_use: 'access' })
    expect(pool.jwks.hits).toBe(2)
    await expect(verifier.verify(await pool.forged.unknownKid())).rejects.toThrow('kid')
    expect(pool.jwks.hits).toBe(3)
  })

  it('hydrates, whichever issuer the pool has: the other host may answer 403', async () => {
    for (const issuerType of ['ORIGINAL', 'UPDATED'] as const) {
      const { pool, verifier } = await poolAndVerifier({ issuerType })
      await verifier.hydrate()
      const { hits } = pool.jwks
      expect(await verifier.verify(await pool.accessToken())).toMatchObject({ iss: pool.issuer })
      expect(pool.jwks.hits).toBe(hits)
    }
  })

  it('lives through a switch of the issuer', async () => {
    const { pool, verifier } = await poolAndVerifier()
    const before = await pool.accessToken()
    await verifier.verify(before)
    pool.switchIssuer()
    expect(await verifier.verify(await pool.accessToken())).toMatchObject({ iss: pool.issuer })
    expect(await verifier.verify(before)).not.toMatchObject({ iss: pool.issuer })
    expect(pool.jwks.requests.map(({ url }) => new URL(url).hostname)).toStrictEqual([
      'cognito-idp.xx-fake-1.amazonaws.com',
      'issuer-cognito-idp.xx-fake-1.amazonaws.com',
    ])
  })

  it('fails as at AWS where the key set cannot be had', async () => {
    const { pool, verifier } = await poolAndVerifier()
    pool.jwks.fail({ status: 503 })
    await expect(verifier.verify(await pool.accessToken())).rejects.toThrow('Status code is 503')
    expect(pool.jwks.hits).toBeGreaterThan(0)
  })
})
