import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import { createResourceServer, type PolicyDecisionPoint, type RoutePolicy, type TokenwardEvent } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import { fakeVerifiedPermissions } from '@tokenward/testkit/verified-permissions'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cedarDecisionPoint, decimal, entity } from '../src/index.js'
import { verifiedPermissionsDecisionPoint } from '../src/verified-permissions/index.js'
import { policies, POOL, schema } from './support/shop.js'

/** A shop behind core, its policies in process or in a store. */
async function shop(side: 'local' | 'remote', timeout = '30s' as const) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
  const text = policies.replaceAll(POOL, pool.userPoolId)
  const identitySource = { pool, principalEntityType: 'Shop::User', groupEntityType: 'Shop::UserGroup' }
  const store = await fakeVerifiedPermissions({ policies: text, schema, identitySource })
  const { url: endpoint } = await store.serve()
  const { region, credentials, policyStoreId } = store
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint, maxAttempts: 1 })
  const decisionPoint: PolicyDecisionPoint =
    side === 'local'
      ? cedarDecisionPoint({ policies: text, schema, namespace: 'Shop', timeout })
      : verifiedPermissionsDecisionPoint({
          policyStoreId,
          client,
          namespace: 'Shop',
          identitySource: pool.issuer,
          timeout,
        })
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
    fetch: pool.fetch,
    decisionPoint,
    onEvent: (event) => void events.push(event),
  })
  onTestFinished(async () => {
    await api.close()
    client.destroy()
    await Promise.all([pool.close(), store.close()])
  })
  const order = (attributes: object | (() => object)) => ({ type: 'Order', id: '7', attributes })
  const mine = { owner: entity('User', `${pool.userPoolId}|u1`), total: decimal('5.00') }
  const authorize = async (policy: RoutePolicy) => {
    const headers = { authorization: `Bearer ${await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })}` }
    return api.authorize({ method: 'GET', url: 'https://shop.example/', headers }, policy)
  }
  const reasons = () => events.flatMap((event) => (event.type === 'policy-decision-failed' ? [event.reason] : []))
  return { pool, store, authorize, reasons, order, mine, events }
}

describe.each(['local', 'remote'] as const)('%s', (side) => {
  it('deny is 403 without a word of policies to the client, and with their names in an event', async () => {
    const { authorize, order, events, pool } = await shop(side)
    const stranger = { owner: entity('User', `${pool.userPoolId}|u2`), total: decimal('5.00') }
    const outcome = await authorize({ action: 'read', resource: order(stranger) })
    expect(outcome).toMatchObject({ status: 403, reason: 'decision-denied', body: { error: 'insufficient_scope' } })
    expect(JSON.stringify(outcome)).not.toMatch(/owner-reads|Cedar|polic/i)
    expect(events.find(({ type }) => type === 'policy-decided')).toMatchObject({
      decision: 'deny',
      determiningPolicies: [],
    })
  })

  it('a loader that throws is 503, and nothing is asked', async () => {
    const { authorize, order, reasons, store } = await shop(side)
    const failing = order(() => {
      throw new Error('database down')
    })
    expect(await authorize({ action: 'read', resource: failing })).toMatchObject({
      status: 503,
      reason: 'policy-input-failed',
    })
    expect(reasons()).toStrictEqual(['input'])
    expect(store.isAuthorizedWithToken.hits).toBe(0)
  })

  it('a thing that is not there is 403', async () => {
    const { authorize, order } = await shop(side)
    const missing = order((() => null) as never)
    expect(await authorize({ action: 'read', resource: missing })).toMatchObject({
      status: 403,
      reason: 'resource-unknown',
    })
  })

  it('data that Cedar has no value for is 403, with a loud event', async () => {
    const { authorize, order, mine, reasons } = await shop(side)
    const odd = order({ ...mine, note: null })
    expect(await authorize({ action: 'read', resource: odd })).toMatchObject({ status: 403, reason: 'decision-failed' })
    expect(reasons()).toStrictEqual(['request-data'])
  })

  it('data that does not fit the schema is 403 here, and what the store calls invalid 503', async () => {
    const { authorize, order, mine, reasons } = await shop(side)
    const outcome = await authorize({ action: 'read', resource: order({ ...mine, made_up: 1 }) })
    const [status, reason, seen] =
      side === 'local' ? [403, 'decision-failed', 'request-data'] : [503, 'decision-misconfigured', 'configuration']
    expect(outcome).toMatchObject({ status, reason })
    expect(reasons()).toStrictEqual([seen])
  })

  it('no token that anything else refuses comes as far as a decision', async () => {
    const { authorize, order, mine, store, events } = await shop(side)
    const outcome = await authorize({ action: 'read', resource: order(mine), scopes: ['orders/write'] })
    expect(outcome).toMatchObject({ status: 403, reason: 'scope-missing' })
    expect(store.isAuthorizedWithToken.hits).toBe(0)
    expect(events.some(({ type }) => type.startsWith('policy-'))).toBe(false)
  })

  it('each request is decided anew', async () => {
    const { authorize, order, mine, store, events } = await shop(side)
    const policy: RoutePolicy = { action: 'read', resource: order(mine) }
    expect(await authorize(policy)).toMatchObject({ outcome: 'granted' })
    expect(await authorize(policy)).toMatchObject({ outcome: 'granted' })
    expect(events.filter(({ type }) => type === 'policy-decided')).toHaveLength(2)
    expect(store.isAuthorizedWithToken.hits).toBe(side === 'local' ? 0 : 2)
  })
})

describe('a policy store', () => {
  it('that throttles is 503 with Retry-After, and says nothing about the token', async () => {
    const { authorize, order, mine, reasons, store } = await shop('remote')
    store.isAuthorizedWithToken.throttle()
    expect(await authorize({ action: 'read', resource: order(mine) })).toMatchObject({
      outcome: 'unavailable',
      status: 503,
      reason: 'decision-unavailable',
      headers: { 'Retry-After': expect.any(String) },
    })
    expect(reasons()).toStrictEqual(['unavailable'])
    store.isAuthorizedWithToken.recover()
    expect(await authorize({ action: 'read', resource: order(mine) })).toMatchObject({ outcome: 'granted' })
  })

  it('that hangs is 503 when the time is up, and the call is given up', async () => {
    const { authorize, order, mine, reasons, store } = await shop('remote', '400ms' as never)
    store.isAuthorizedWithToken.hang()
    expect(await authorize({ action: 'read', resource: order(mine) })).toMatchObject({
      status: 503,
      reason: 'decision-unavailable',
    })
    expect(reasons()).toStrictEqual(['timeout'])
  })

  it('that may not be asked is 503 with a configuration event', async () => {
    const { authorize, order, mine, reasons, store } = await shop('remote')
    store.isAuthorizedWithToken.fail({ status: 400, error: 'AccessDeniedException' })
    expect(await authorize({ action: 'read', resource: order(mine) })).toMatchObject({
      status: 503,
      reason: 'decision-misconfigured',
    })
    expect(reasons()).toStrictEqual(['configuration'])
  })

  it('knows of no revocation: the engine does', async () => {
    const { pool, store, order, mine, authorize } = await shop('remote')
    expect(await authorize({ action: 'read', resource: order(mine), maxRevocationLag: '0s' })).toMatchObject({
      status: 403,
      reason: 'evidence-unobtainable',
    })
    expect(store.isAuthorizedWithToken.hits).toBe(0)
    await pool.close()
  })
})
