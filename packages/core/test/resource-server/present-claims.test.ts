import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { inMemoryRevocationList, revocationEntryFor, type RoutePolicy } from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { decidedApi } from '../support/decided-api.js'
import { introspectedApi } from '../support/introspected-api.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const claimsIn = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Record<string, unknown>

async function claimsOfIssuer(changed: Parameters<typeof serverFor>[1] = {}) {
  const issuer = await testIssuer()
  const { api, events } = serverFor(issuer, changed)
  const reasonFor = async (claims: Record<string, unknown>, policy: RoutePolicy = {}) => {
    const presented = await api.presentClaims(claims)
    const outcome = await presented.authorize(policy)
    return outcome.outcome === 'granted' ? 'granted' : outcome.reason
  }
  return { issuer, api, events, reasonFor }
}

describe('claims that somebody else has verified', () => {
  it('are held to everything but signature and key, and nothing is fetched', async () => {
    const { issuer, reasonFor } = await claimsOfIssuer()
    const now = Math.floor(issuer.clock.now() / 1_000)
    expect(await reasonFor(issuer.claims())).toBe('granted')
    for (const [changed, reason] of [
      [{ iss: 'https://other.example' }, 'issuer-not-trusted'],
      [{ iss: undefined }, 'issuer-not-trusted'],
      [{ aud: 'other-api' }, 'audience-not-accepted'],
      [{ exp: now - 60 }, 'token-expired'],
      [{ exp: String(now + 60) }, 'claims-malformed'],
      [{ nbf: now + 60 }, 'token-not-yet-valid'],
      [{ iat: now + 60 }, 'issued-in-the-future'],
      [{ sub: '' }, 'claims-malformed'],
      [{ at_hash: 'x' }, 'id-token-presented'],
      [{ cnf: '{"jkt":"a"}' }, 'sender-constraint-unchecked'],
      [{ cnf: null }, 'sender-constraint-unchecked'],
    ] as const) {
      expect(await reasonFor(issuer.claims(changed))).toBe(reason)
    }
    expect(issuer.jwks.requests).toHaveLength(0)
  })

  it('give the principal that their token would give', async () => {
    const { issuer, api } = await claimsOfIssuer()
    const claims = issuer.claims({ scope: 'orders/read', groups: ['a b', 'c'] })
    const policy = { scopes: ['orders/read'], groups: ['c'] }
    const presented = await api.presentClaims(claims)
    expect(presented.credentials).toBe('present')
    const token = issuer.token({ scope: 'orders/read', groups: ['a b', 'c'] })
    expect(await presented.authorize(policy)).toStrictEqual(await api.authorize(withToken(token), policy))
  })

  it('are read once, before anybody can change them', async () => {
    const { issuer, api } = await claimsOfIssuer()
    const claims = issuer.claims({ scope: 'a' })
    const presented = await api.presentClaims(claims)
    claims['scope'] = 'a b'
    expect(await presented.authorize({ scopes: ['b'] })).toMatchObject({ reason: 'scope-missing' })
  })

  it('of Cognito are held to its profile: an ID token is none', async () => {
    const pool = await fakeCognito()
    const api = cognitoApi(pool)
    const authorize = async (token: string) => (await api.presentClaims(claimsIn(token))).authorize()
    expect(await authorize(await pool.accessToken({ sub: 'u1' }))).toMatchObject({ outcome: 'granted' })
    expect(await authorize(await pool.idToken({ sub: 'u1' }))).toMatchObject({ reason: 'id-token-presented' })
  })

  it('under RFC 9068 are refused, as the type of their token is unknown', async () => {
    const { issuer, reasonFor } = await claimsOfIssuer({ profile: 'rfc9068' })
    expect(await reasonFor(issuer.claims({ jti: 'a' }))).toBe('token-type-not-accepted')
  })

  it('are no token that anybody could be asked about: age and the revocation list are all there is', async () => {
    const list = inMemoryRevocationList()
    const { server, api } = await introspectedApi({ clockTolerance: 0 }, { revocationList: list })
    const token = await server.accessToken({ sub: 'u1', scopes: ['a'] })
    const outcomeOn = async (maxRevocationLag: '0s' | '30s') =>
      (await api.presentClaims(claimsIn(token))).authorize({ maxRevocationLag })
    expect(await outcomeOn('30s')).toMatchObject({ outcome: 'granted' })
    expect(await outcomeOn('0s')).toMatchObject({ reason: 'evidence-unobtainable' })
    server.clock.advance('31s')
    expect(await outcomeOn('30s')).toMatchObject({ reason: 'revocation-lag-exceeded' })
    expect(server.introspection.hits).toBe(0)
    const { principal } = (await api.authorize(withToken(token))) as {
      principal: Parameters<typeof revocationEntryFor>[0]
    }
    await list.add(revocationEntryFor(principal, 'token'))
    expect(await (await api.presentClaims(claimsIn(token))).authorize()).toMatchObject({ reason: 'token-revoked' })
  })

  it('have no access token for a decision point', async () => {
    const { server, api, asked } = await decidedApi()
    const presented = await api.presentClaims(claimsIn(await server.accessToken({ sub: 'u1' })))
    expect(await presented.authorize({ action: 'read' })).toMatchObject({ outcome: 'granted' })
    expect(asked).toMatchObject([{ action: 'read', principal: { subject: 'u1' }, request: undefined }])
    expect(() => asked[0]?.accessToken()).toThrow('accessToken is not known here')
  })

  it('are refused once the server is closed', async () => {
    const { issuer, api, reasonFor } = await claimsOfIssuer()
    await api.close()
    expect(await reasonFor(issuer.claims())).toBe('resource-server-closed')
  })

  it.each([
    ['an array', []],
    ['nothing', undefined],
    ['text', '{}'],
    ['null', null],
  ])('are an object, not %s', async (_, claims) => {
    const { api } = await claimsOfIssuer()
    await expect(api.presentClaims(claims as never)).rejects.toThrow('claims must be an object')
  })

  it('with what JSON cannot hold, or a parser would not let through, are malformed', async () => {
    const { issuer, reasonFor } = await claimsOfIssuer()
    const circular: Record<string, unknown> = issuer.claims()
    circular['self'] = circular
    expect(await reasonFor(circular)).toBe('claims-malformed')
    const polluted = JSON.parse(JSON.stringify(issuer.claims()).replace('{', '{"__proto__":{"scope":"a"},')) as object
    expect(await reasonFor(polluted as Record<string, unknown>)).toBe('claims-malformed')
  })
})
