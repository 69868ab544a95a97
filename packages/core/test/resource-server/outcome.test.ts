import { describe, expect, it } from 'vitest'
import { granted, refused, unavailable } from '../../src/resource-server/outcome.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a refusal', () => {
  it('is the whole answer, and names its reason to the operator alone', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token({ aud: 'other-api' })))
    expect(outcome).toStrictEqual({
      outcome: 'refused',
      status: 401,
      headers: {
        'WWW-Authenticate':
          'Bearer realm="api", error="invalid_token", error_description="The access token is invalid"',
        'Cache-Control': 'no-store',
      },
      body: { error: 'invalid_token', error_description: 'The access token is invalid' },
      reason: 'audience-not-accepted',
    })
    const { headers, body } = outcome as unknown as { headers: object; body: object }
    expect(JSON.stringify([headers, body])).not.toContain('audience')
  })

  it('without credentials has a challenge without an error code', async () => {
    const { api } = serverFor(await testIssuer(), {}, { realm: 'orders' })
    expect(await api.authorize(anonymous)).toStrictEqual({
      outcome: 'refused',
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="orders"', 'Cache-Control': 'no-store' },
      body: { error_description: 'This request needs an access token' },
      reason: 'no-credentials',
    })
  })

  it('of a malformed request has status 400', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token(), { url: '/orders?access_token=x' }))
    expect(outcome).toMatchObject({ status: 400, body: { error: 'invalid_request' }, reason: 'several-credentials' })
    expect((outcome as { headers: Record<string, string> }).headers['WWW-Authenticate']).toContain(
      'error="invalid_request"',
    )
  })

  it('of a missing scope tells in the challenge all that the route demands', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token({ scope: 'a' })), {
      scopes: ['a', 'b'],
      anyScope: ['c'],
    })
    expect(outcome).toMatchObject({ status: 403, body: { error: 'insufficient_scope' }, scope: 'a b c' })
    expect((outcome as { headers: Record<string, string> }).headers['WWW-Authenticate']).toMatch(/scope="a b c"$/)
  })

  it('of a wrong group has status 403 and tells no scope', async () => {
    const issuer = await testIssuer()
    const outcome = await serverFor(issuer).api.authorize(withToken(issuer.token()), { groups: ['x'] })
    expect(outcome).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } })
    expect(JSON.stringify(outcome)).not.toContain('scope=')
    expect(outcome).not.toHaveProperty('scope')
  })
})

describe('a method', () => {
  it.each(['HEAD', 'OPTIONS', 'TRACE', 'options', 'PROPFIND', ''])('exempts nothing, here %j', async (method) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const policy = { scopes: ['a'] }
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'GET' }
    for (const request of [anonymous, withToken(issuer.token(), { headers: preflight }), withToken('x.y.z')]) {
      const outcome = await api.authorize({ ...request, method }, policy)
      expect(outcome.outcome).toBe('refused')
      expect(outcome).toStrictEqual(await api.authorize(request, policy))
      expect(await api.precheck({ ...request, method }, policy)).toStrictEqual(outcome)
    }
    expect(await api.authorize({ ...withToken(issuer.token({ scope: 'a' })), method }, policy)).toMatchObject({
      outcome: 'granted',
    })
  })
})

describe('an outcome', () => {
  it('cannot be changed on its way to the client', () => {
    const refusal = refused('acr-not-accepted', {
      realm: 'api',
      scopes: [],
      acrValues: ['mfa'],
      maxAge: 1_000,
      schemes: ['Bearer'],
    })
    const outage = unavailable('jwks-unreachable')
    const parts = [
      granted({} as never),
      granted({} as never).headers,
      refusal,
      refusal.headers,
      refusal.body,
      outage,
      outage.headers,
      outage.body,
    ]
    expect(parts.every(Object.isFrozen)).toBe(true)
  })
})
