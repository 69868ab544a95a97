import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { callOperation, doors, isAlive, operation } from '../support/doors.js'

const ORIGINAL = 'https://cognito-idp.xx-fake-1.amazonaws.com'
const UPDATED = 'https://issuer-cognito-idp.xx-fake-1.amazonaws.com'

async function pool(options?: Parameters<typeof fakeCognito>[0]) {
  const made = await fakeCognito(options)
  onTestFinished(() => made.close())
  return made
}

const issuerIn = (token: unknown) => decodeJwt(token as string).iss

describe('switchIssuer', () => {
  it.each(['fetch', 'listen'] as const)('opens the UPDATED host, and leaves the keys at both: %s', async (door) => {
    const made = await pool()
    const call = await doors[door](made)
    const documents = async (host: string) => {
      const wellKnown = `${host}/${made.userPoolId}/.well-known`
      const answers = [await call(`${wellKnown}/jwks.json`), await call(`${wellKnown}/openid-configuration`)]
      return [answers.map(({ status }) => status), ...(await Promise.all(answers.map((answer) => answer.json())))]
    }
    const keys = await made.publicKeys()
    const forbidden = { message: 'Forbidden' }
    const original = { issuer: `${ORIGINAL}/${made.userPoolId}`, jwks_uri: made.jwks.url }
    expect(await documents(UPDATED)).toStrictEqual([[403, 403], forbidden, forbidden])
    expect(await documents(ORIGINAL)).toStrictEqual([[200, 200], keys, expect.objectContaining(original)])

    made.switchIssuer()
    const issuer = `${UPDATED}/${made.userPoolId}`
    expect([made.issuer, made.jwks.url, made.metadata.url]).toStrictEqual([
      issuer,
      `${issuer}/.well-known/jwks.json`,
      `${issuer}/.well-known/openid-configuration`,
    ])
    const updated = expect.objectContaining({ issuer, jwks_uri: made.jwks.url })
    expect(await documents(UPDATED)).toStrictEqual([[200, 200], keys, updated])
    expect(await documents(ORIGINAL)).toStrictEqual([[200, 200], keys, updated])
    // Refusals of the host are none of the endpoints.
    expect([made.jwks.hits, made.metadata.hits]).toStrictEqual([3, 3])
  })

  it('is told at a port, too, where one origin stands for all hosts', async () => {
    const made = await pool()
    const { url } = await made.serve()
    made.switchIssuer()
    const metadata = await fetch(`${url}/${made.userPoolId}/.well-known/openid-configuration`)
    expect(await metadata.json()).toMatchObject({
      issuer: `${UPDATED}/${made.userPoolId}`,
      jwks_uri: `${url}/${made.userPoolId}/.well-known/jwks.json`,
    })
  })

  it('changes iss of all tokens from then on; those from before stay good, and the same keys verify both', async () => {
    const made = await pool({ resourceServers: { orders: ['read'] } })
    const before = [
      await made.accessToken(),
      await made.idToken(),
      await made.m2mToken(),
      await made.forged.otherPool(),
    ]
    for (const token of before) expect(issuerIn(token)).toContain(`${ORIGINAL}/`)
    const keys = createLocalJWKSet(await made.publicKeys())
    made.switchIssuer()
    const after = [await made.accessToken(), await made.idToken(), await made.m2mToken(), await made.forged.otherPool()]
    for (const token of after) expect(issuerIn(token)).toContain(`${UPDATED}/`)
    for (const [token, issuer] of [
      [before[0], `${ORIGINAL}/${made.userPoolId}`],
      [after[0], made.issuer],
    ] as const) {
      await expect(jwtVerify(token as string, keys, { issuer })).resolves.toBeDefined()
      expect(await isAlive(made, token as string)).toBe(true)
    }
    await made.revoke(before[0] as string)
    expect([await isAlive(made, before[0] as string), await isAlive(made, after[0] as string)]).toStrictEqual([
      false,
      true,
    ])
  })

  it('a refresh of a login from before brings tokens of the new issuer', async () => {
    const made = await pool()
    const { refreshToken } = await made.signIn()
    const ofSomebodyElse = await made.signIn({ claims: { iss: 'https://elsewhere.example' } })
    made.switchIssuer()
    const refresh = async (token: string) => {
      const input = { ClientId: made.clientId, RefreshToken: token }
      const { body } = await callOperation(made, 'GetTokensFromRefreshToken', input)
      return body['AuthenticationResult'] as { readonly AccessToken: string; readonly IdToken: string }
    }
    const { AccessToken, IdToken } = await refresh(refreshToken)
    expect([issuerIn(AccessToken), issuerIn(IdToken)]).toStrictEqual([made.issuer, made.issuer])
    expect(issuerIn((await refresh(ofSomebodyElse.refreshToken)).AccessToken)).toBe('https://elsewhere.example')
  })

  it('before it, and without it, tokens of the other issuer are none of the pool', async () => {
    const [original, updated] = [await pool(), await pool({ issuerType: 'UPDATED' })]
    const foreign = await original.accessToken({ claims: { iss: `${UPDATED}/${original.userPoolId}` } })
    expect(await isAlive(original, foreign)).toBe(false)
    const past = await updated.accessToken({ claims: { iss: `${ORIGINAL}/${updated.userPoolId}` } })
    expect(await isAlive(updated, past)).toBe(false)
  })

  it('among pools that listen each is still known by its tokens, old and new', async () => {
    const [a, b] = [await pool(), await pool()]
    for (const made of [a, b]) await made.listen()
    const before = await b.accessToken()
    b.switchIssuer()
    for (const AccessToken of [before, await b.accessToken()]) {
      expect((await fetch(a.getUser.url, operation('GetUser', { AccessToken }))).status).toBe(200)
    }
    expect([a.getUser.hits, b.getUser.hits]).toStrictEqual([0, 2])
  })

  it('happens once, in a pool that is open', async () => {
    const [switched, updated, closed] = [await pool(), await pool({ issuerType: 'UPDATED' }), await pool()]
    switched.switchIssuer()
    for (const made of [switched, updated]) {
      expect(() => made.switchIssuer()).toThrow(
        'switchIssuer() leads from ORIGINAL to UPDATED, where the pool is already',
      )
    }
    await closed.close()
    expect(() => closed.switchIssuer()).toThrow('the pool was closed; make a new one')
  })

  it('two pools of one seed are still told to listen one at a time', async () => {
    const [a, b] = [await pool({ seed: 1 }), await pool({ seed: 1 })]
    await a.listen()
    a.switchIssuer()
    await expect(b.listen()).rejects.toThrow(`another fake listens at ${b.issuer}; close it first`)
  })
})
