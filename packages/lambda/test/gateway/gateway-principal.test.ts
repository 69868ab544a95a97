import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { inMemoryRevocationList, type Outcome, revocationEntryFor } from '@tokenward/core'
import { gatewayPrincipal } from '../../src/index.js'
import { typedClaims } from '../../src/gateway/gateway-claims.js'
import {
  API_ID,
  gatewayClaims,
  httpApiEvent,
  httpApiEventV1,
  httpAuthorizerEvent,
  jwtAuthorizedEvent,
  restEvent,
} from '../support/events.js'
import { bearer, claimsIn, ordersApi } from '../support/orders-api.js'

const trusted = { trustGateway: true, apiId: API_ID } as const

const told = (outcome: Outcome<unknown>) => (outcome.outcome === 'granted' ? 'granted' : outcome.reason)

/** What an event in payload format 1.0 holds of the same claims. */
const v1 = (claims: Record<string, unknown>, headers: Record<string, string> = {}) =>
  httpApiEventV1({ headers }, { claims: gatewayClaims(claims), scopes: null })

describe('behind a JWT authorizer', () => {
  it.each(['2.0', '1.0'] as const)(
    'of payload format %s the raw token is verified again, and gives the principal',
    async (version) => {
      const { pool, api } = await ordersApi()
      const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['admin', 'power user'] })
      const headers = bearer(token)
      const claims = claimsIn(token)
      const event = version === '2.0' ? jwtAuthorizedEvent(claims, { headers }) : v1(claims, headers)
      const policy = { scopes: ['orders/read'], groups: ['power user'] }
      const outcome = await gatewayPrincipal(api, event, { policy })
      expect(outcome).toMatchObject({
        outcome: 'granted',
        principal: { subject: 'u1', scopes: ['orders/read'], groups: ['admin', 'power user'] },
      })
      expect(told(await gatewayPrincipal(api, event, { policy: { scopes: ['orders/write'] } }))).toBe('scope-missing')
    },
  )

  it('the claims of the event count for nothing, whatever they say', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.accessToken({ sub: 'u1' })
    const claims = { ...claimsIn(token), sub: 'admin', scope: 'orders/write', 'cognito:groups': ['admin'] }
    const outcome = await gatewayPrincipal(api, jwtAuthorizedEvent(claims, { headers: bearer(token) }))
    expect(outcome).toMatchObject({ principal: { subject: 'u1', groups: [] } })
    expect(JSON.stringify(outcome)).not.toContain('orders/write')
    for (const forged of [await pool.forged.wrongKey({ sub: 'admin' }), await pool.forged.tampered({ sub: 'admin' })]) {
      const event = jwtAuthorizedEvent(claims, { headers: bearer(forged) })
      expect(await gatewayPrincipal(api, event)).toMatchObject({ outcome: 'refused', status: 401 })
    }
    expect(told(await gatewayPrincipal(api, jwtAuthorizedEvent(claims)))).toBe('no-credentials')
  })

  it('an ID token is refused, which the authorizer takes where a route has no scopes', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.idToken({ sub: 'u1' })
    const event = jwtAuthorizedEvent(claimsIn(token), { headers: bearer(token) })
    expect(told(await gatewayPrincipal(api, event))).toBe('id-token-presented')
    expect(told(await gatewayPrincipal(api, event, trusted))).toBe('id-token-presented')
  })

  it('a route asks for more evidence than the age of the token as anywhere', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.accessToken({ sub: 'u1' })
    const event = jwtAuthorizedEvent(claimsIn(token), { headers: bearer(token) })
    const outcomeOn = async (maxRevocationLag: '30s' | '0s') =>
      gatewayPrincipal(api, event, { policy: { maxRevocationLag } })
    expect(await outcomeOn('30s')).toMatchObject({ principal: { evidence: { source: 'local-validation' } } })
    expect(await outcomeOn('0s')).toMatchObject({ principal: { evidence: { source: 'live-call' } } })
    await pool.revoke(token)
    expect(told(await outcomeOn('0s'))).toBe('token-revoked')
  })

  it('claims have the type that a schema says', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.accessToken({ claims: { tenant: 't1' } })
    const event = jwtAuthorizedEvent(claimsIn(token), { headers: bearer(token) })
    const outcome = await gatewayPrincipal(api, event, { policy: { claims: z.object({ tenant: z.string() }) } })
    expectTypeOf(outcome).toEqualTypeOf<Outcome<{ tenant: string }>>()
    expect(outcome).toMatchObject({ principal: { claims: { tenant: 't1' } } })
  })

  it('an event that no JWT authorizer has seen is a mistake in the wiring', async () => {
    const { pool, api } = await ordersApi()
    const headers = bearer(await pool.accessToken())
    const authorizer = { claims: null, scopes: null }
    const lookAlikes = [
      httpApiEvent({ headers }),
      restEvent({ headers }),
      httpAuthorizerEvent({ headers }),
      httpApiEventV1({ headers }, authorizer),
      httpApiEventV1({ headers }, { lambda: { jwt: { claims: {} } } }),
      jwtLike({ headers }, { lambda: { jwt: { claims: { sub: 'admin' } } } }),
      jwtLike({ headers }, { claims: { sub: 'admin' } }),
      jwtLike({ headers }, { jwt: { claims: ['sub', 'admin'] } }),
      jwtLike({ headers }, { jwt: Object.create({ claims: { sub: 'admin' } }) }),
    ]
    for (const event of lookAlikes) {
      for (const options of [{}, trusted]) {
        await expect(gatewayPrincipal(api, event as never, options)).rejects.toThrow(
          'gatewayPrincipal.event holds no claims of a JWT authorizer',
        )
      }
    }
  })

  it('options that cannot work are named', async () => {
    const { api } = await ordersApi()
    const event = jwtAuthorizedEvent({})
    const given = (options: object) => expect(gatewayPrincipal(api, event, options)).rejects
    await given({ trustGateway: true }).toThrow('gatewayPrincipal.apiId goes with trustGateway: true')
    await given({ apiId: API_ID }).toThrow('gatewayPrincipal.apiId goes with trustGateway: true')
    await given({ trustGateway: 1, apiId: API_ID }).toThrow('gatewayPrincipal.trustGateway must be true or false')
    await given({ policies: {} }).toThrow('gatewayPrincipal.policies is not an option')
    await given({ policy: undefined }).toThrow('policy is undefined')
    await expect(gatewayPrincipal({} as never, event)).rejects.toThrow('gatewayPrincipal.api must be')
  })
})

function jwtLike(sample: Parameters<typeof httpApiEvent>[0], authorizer: unknown) {
  const event = httpApiEvent(sample)
  return { ...event, requestContext: { ...event.requestContext, authorizer } }
}

describe('where the gateway alone is trusted', () => {
  it.each(['2.0', '1.0'] as const)(
    'the claims of payload format %s make the principal, and nothing is fetched',
    async (version) => {
      const { pool, api } = await ordersApi()
      const claims = claimsIn(await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['a', 'b'] }))
      const event = version === '2.0' ? jwtAuthorizedEvent(claims) : v1(claims)
      const outcome = await gatewayPrincipal(api, event, { ...trusted, policy: { scopes: ['orders/read'] } })
      expect(outcome).toMatchObject({
        principal: {
          subject: 'u1',
          clientId: 'web',
          scopes: ['orders/read'],
          groups: [],
          expiresAt: Number(claims['exp']) * 1_000,
          evidence: { source: 'local-validation', asOf: Number(claims['iat']) * 1_000 },
        },
      })
      expect(pool.jwks.hits).toBe(0)
      const missing = await gatewayPrincipal(api, event, { ...trusted, policy: { scopes: ['orders/write'] } })
      expect(told(missing)).toBe('scope-missing')
    },
  )

  it('claims are held to the policy and the profile of the pool', async () => {
    const { pool, api } = await ordersApi()
    const claims = claimsIn(await pool.accessToken({ sub: 'u1' }))
    const { exp, iat } = claims as { exp: number; iat: number }
    for (const [changed, reason] of [
      [{ token_use: 'id' }, 'id-token-presented'],
      [{ token_use: undefined }, 'token-use-not-accepted'],
      [{ client_id: 'other' }, 'client-not-accepted'],
      [{ iss: 'https://other.example' }, 'issuer-not-trusted'],
      [{ exp: iat - 60 }, 'token-expired'],
      [{ exp: '1.7E9' }, 'claims-malformed'],
      [{ exp: 'Thu Sep 08 18:05:16 UTC 2026' }, 'claims-malformed'],
      [{ exp: `${exp}\n` }, 'claims-malformed'],
      [{ aud: ['https://a.example', 'https://b.example'] }, 'audience-not-accepted'],
      [{ cnf: { jkt: 'a' } }, 'sender-constraint-unchecked'],
    ] as const) {
      const entries = Object.entries({ ...claims, ...changed }).filter(([, value]) => value !== undefined)
      const outcome = await gatewayPrincipal(api, jwtAuthorizedEvent(Object.fromEntries(entries)), trusted)
      expect([changed, told(outcome)]).toStrictEqual([changed, reason])
    }
  })

  it('groups are refused, because what the gateway writes may be one or several', async () => {
    const { pool, api } = await ordersApi()
    const one = claimsIn(await pool.accessToken({ groups: ['admin poweruser'] }))
    const two = { ...one, 'cognito:groups': ['admin', 'poweruser'] }
    expect(gatewayClaims(one)['cognito:groups']).toBe(gatewayClaims(two)['cognito:groups'])
    const event = jwtAuthorizedEvent(one)
    await expect(gatewayPrincipal(api, event, { ...trusted, policy: { groups: ['admin'] } })).rejects.toThrow(
      'gatewayPrincipal.policy demands groups',
    )
    const outcome = await gatewayPrincipal(api, event, trusted)
    expect(outcome).toMatchObject({ principal: { groups: [] } })
    expect(JSON.stringify(outcome)).not.toContain('poweruser')
  })

  it('events of other APIs are refused, and those of REST APIs, whose claims are of another kind', async () => {
    const { pool, api } = await ordersApi()
    const claims = claimsIn(await pool.accessToken())
    const other = gatewayPrincipal(api, jwtAuthorizedEvent(claims), { ...trusted, apiId: 'other' })
    await expect(other).rejects.toThrow('gatewayPrincipal.apiId is not the HTTP API that the event names')
    const rest = restEvent({}, { claims: gatewayClaims(claims) })
    await expect(gatewayPrincipal(api, rest, trusted)).rejects.toThrow('is not the HTTP API')
  })

  it('age and the revocation list are all the evidence there is', async () => {
    const list = inMemoryRevocationList()
    const { pool, api } = await ordersApi({}, { revocationList: list })
    const event = jwtAuthorizedEvent(claimsIn(await pool.accessToken({ sub: 'u1' })))
    const policy = { maxRevocationLag: '30s' } as const
    const fresh = await gatewayPrincipal(api, event, { ...trusted, policy })
    expect(told(fresh)).toBe('granted')
    pool.clock.advance('31s')
    expect(told(await gatewayPrincipal(api, event, { ...trusted, policy }))).toBe('revocation-lag-exceeded')
    if (fresh.outcome === 'granted') await list.add(revocationEntryFor(fresh.principal, 'token'))
    expect(told(await gatewayPrincipal(api, event, trusted))).toBe('token-revoked')
  })

  it('only plain seconds become a time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.nat().map(String), fc.constant(null)), (exp) => {
        const typed = typedClaims({ exp })['exp']
        expect(typed).toBe(typeof exp === 'string' && /^[0-9]{1,12}$/.test(exp) ? Number(exp) : exp)
      }),
    )
  })
})
