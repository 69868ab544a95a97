import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import {
  createResourceServer,
  type PolicyDecisionPoint,
  type PolicyResource,
  type RoutePolicy,
  type TokenwardEvent,
} from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import { fakeVerifiedPermissions } from '@tokenward/testkit/verified-permissions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cedarDecisionPoint } from '../../src/index.js'
import { verifiedPermissionsDecisionPoint } from '../../src/verified-permissions/index.js'
import { claims } from './claims.js'
import { contexts } from './contexts.js'
import { limits } from './limits.js'
import { principals } from './principals.js'
import { resources } from './resources.js'
import type { Expected, TwinRow } from './twin-row.js'
import { plainPolicies, policies, schema } from './world.js'

const tables = { principals, claims, contexts, resources, limits }

/** What the schema declares. */
const ACCESS_TOKEN_CLAIMS = [
  'scope',
  'client_id',
  'exp',
  'tenant',
  'version',
  'staff',
  'roles',
  'address',
  'nothing',
  'rate',
  'ref',
]
const ID_TOKEN_CLAIMS = ['email', 'cognito:username', 'custom:dept', 'points']
const resourceServers = { orders: ['read', 'write', 'readall'] } as const

const pool = await fakeCognito({ clients: ['web', 'robot'], resourceServers })
const other = await fakeCognito({ clients: ['web'], resourceServers })
const named = <Value>(value: Value): Value => withIds(value) as Value

/** The ids of the pools in the place of their names, in whatever a row holds. */
function withIds(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.replaceAll('{pool}', pool.userPoolId).replaceAll('{other}', other.userPoolId)
  }
  if (typeof value === 'function') return async () => withIds(await (value as () => unknown)())
  if (Array.isArray(value)) return value.map(withIds)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const copy = Object.fromEntries(Reflect.ownKeys(value).map((key) => [key, withIds(value[key as never])]))
  return Object.assign({}, copy)
}

const source = { pool, principalEntityType: 'Shop::User', groupEntityType: 'Shop::UserGroup' }
const stores = {
  shop: await fakeVerifiedPermissions({ policies: named(policies), schema, identitySource: source }),
  plain: await fakeVerifiedPermissions({ policies: named(plainPolicies), identitySource: source, validation: 'OFF' }),
}
const worlds = { shop: { policies: named(policies), schema }, plain: { policies: named(plainPolicies) } }
const clients: VerifiedPermissionsClient[] = []
const namespace = 'Shop'

let endpoints: Record<'shop' | 'plain', string>
beforeAll(async () => {
  const [shop, plain] = await Promise.all([stores.shop.serve(), stores.plain.serve()])
  endpoints = { shop: shop.url, plain: plain.url }
})
afterAll(async () => {
  for (const client of clients) client.destroy()
  await Promise.all([pool, other, stores.shop, stores.plain].map((fake) => fake.close()))
})

const sides = {
  'policies sliced by action': ({ world = 'shop', entities }: TwinRow) =>
    cedarDecisionPoint({ ...worlds[world], namespace, entities: named(entities) }),
  'policies in one set': ({ world = 'shop', entities }: TwinRow) =>
    cedarDecisionPoint({ ...worlds[world], namespace, entities: named(entities), sliceByAction: false }),
  'the store, by token': (row: TwinRow) => remote(row, { identitySource: pool.issuer }),
  'the store, by principal': (row: TwinRow) => remote(row, {}),
} satisfies Record<string, (row: TwinRow) => PolicyDecisionPoint>

function remote({ world = 'shop', entities, token }: TwinRow, how: object): PolicyDecisionPoint {
  const { policyStoreId, region, credentials } = stores[world]
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint: endpoints[world] })
  clients.push(client)
  const tokenClaims = world === 'plain' ? undefined : token?.kind === 'id' ? ID_TOKEN_CLAIMS : ACCESS_TOKEN_CLAIMS
  const options = { policyStoreId, client, namespace, entities: named(entities), tokenClaims, timeout: '30s' as const }
  return verifiedPermissionsDecisionPoint({ ...options, ...how })
}

const points = new Map<string, PolicyDecisionPoint>()

/** One for all rows that need no other: what it learned of one must not change what it says of the next. */
function pointFor(side: keyof typeof sides, row: TwinRow): PolicyDecisionPoint {
  if (row.entities !== undefined) return sides[side](row)
  const key = [side, row.world, row.token?.kind === 'id'].join()
  const point = points.get(key) ?? sides[side](row)
  points.set(key, point)
  return point
}

async function tokenFor({ token: asked = {} }: TwinRow): Promise<string> {
  const { kind, pool: which, claims: more = {}, scopes = ['orders/read'], ...rest } = asked
  const user = { sub: 'u1', ...rest, claims: more }
  if (kind === 'id') return pool.idToken(user)
  if (kind === 'machine') return pool.m2mToken({ clientId: 'robot', scopes: scopes as never, claims: more })
  return (which === 'other' ? other : pool).accessToken({ ...user, scopes: scopes as never })
}

async function decisionOf(row: TwinRow, decisionPoint: PolicyDecisionPoint, token: string) {
  const events: TokenwardEvent[] = []
  const tokenUse = row.token?.kind === 'id' ? 'id' : 'access'
  const issuers = [pool, other].map(({ userPoolId }) =>
    cognitoUserPool({ userPoolId, clientId: ['web', 'robot'], tokenUse }),
  )
  const fetch: typeof globalThis.fetch = (input, init) =>
    (String(input).includes(other.userPoolId) ? other : pool).fetch(input, init)
  const api = createResourceServer({ issuers, fetch, decisionPoint, onEvent: (event) => void events.push(event) })
  const { action, resource, context } = named({ action: row.action, resource: row.resource, context: row.context })
  // As functions: what the schema does not have is then seen when it is asked, and not when the policy is met.
  const policy: RoutePolicy = {
    action: () => action,
    ...(resource && { resource: typeof resource === 'function' ? resource : () => resource as PolicyResource }),
    ...(context && { context: () => context }),
  }
  const headers = { authorization: `Bearer ${token}` }
  const outcome = await api.authorize({ method: 'GET', url: 'https://shop.example/', headers }, policy)
  await api.close()
  return { outcome, event: events.find(({ type }) => type.startsWith('policy-')) }
}

/** Names of the policies whose ids the store gave. */
function policyNames(world: 'shop' | 'plain', ids: readonly string[]): readonly string[] {
  const known = stores[world].policies()
  return ids.map((id) => known.find(({ policyId }) => policyId === id)?.name ?? id).toSorted()
}

function expectedOf(side: string, expected: Expected) {
  if ('withToken' in expected) {
    return side === 'the store, by token' ? { undecided: expected.withToken } : { ...expected.others }
  }
  if (!('undecided' in expected) || typeof expected.undecided === 'string') return expected
  return { undecided: expected.undecided[side.startsWith('policies') ? 'local' : 'remote'] }
}

describe.each(Object.entries(tables))('%s', (_, rows) => {
  it.each(rows.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    const token = await tokenFor(row)
    const world = row.world ?? 'shop'
    for (const side of Object.keys(sides) as (keyof typeof sides)[]) {
      const calls = [stores[world].isAuthorizedWithToken, stores[world].isAuthorized]
      const before = calls.map(({ hits }) => hits)
      const { outcome, event } = await decisionOf(row, pointFor(side, row), token)
      const seen = event as TokenwardEvent & {
        decision: string
        determiningPolicies: string[]
        policyErrors: string[]
        reason: string
        error: unknown
      }
      const expected = expectedOf(side, row.expected)
      if ('undecided' in expected) {
        expect(seen, side).toMatchObject({ type: 'policy-decision-failed', reason: expected.undecided })
        expect(outcome, side).toMatchObject({ status: expected.undecided === 'request-data' ? 403 : 503 })
      } else {
        const { failed = [] } = expected as { failed?: readonly string[] }
        const [decision, by] = 'permit' in expected ? ['permit', expected.permit] : ['deny', expected.deny]
        expect(seen, side).toMatchObject({ type: 'policy-decided', decision })
        expect(policyNames(world, seen.determiningPolicies), side).toStrictEqual([...(by ?? [])].toSorted())
        expect(policyNames(world, seen.policyErrors), side).toStrictEqual([...failed].toSorted())
        expect(outcome.outcome, side).toBe(decision === 'permit' ? 'granted' : 'refused')
      }
      const made = calls.map(({ requests, hits }, index) =>
        hits > (before[index] as number) ? requests.at(-1) : undefined,
      )
      if (side.startsWith('policies')) expect(made, side).toStrictEqual([undefined, undefined])
      if (side === 'the store, by token') expectBody(row, row.sent, made[0]?.body, token)
      if (side === 'the store, by principal' && row.mapped !== undefined) {
        expectBody(row, row.mapped, made[1]?.body, token)
      }
    }
  })
})

function expectBody(row: TwinRow, expected: object | 'nothing', body: string | undefined, token: string): void {
  if (expected === 'nothing') return expect(body).toBeUndefined()
  const caller = row.token?.kind === 'id' ? { identityToken: token } : { accessToken: token }
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as { exp: number }
  const isMapped = 'principal' in expected
  const all = { policyStoreId: stores[row.world ?? 'shop'].policyStoreId, ...(isMapped ? {} : caller), ...expected }
  const literal = JSON.stringify(named(all)).replaceAll('"{exp}"', String(exp))
  expect(JSON.parse(body ?? '{}')).toStrictEqual(JSON.parse(literal))
}

it('holds sixty decisions and more, each with its source, and no title twice in a table', () => {
  const all = Object.values(tables).flat()
  expect(all.length).toBeGreaterThanOrEqual(60)
  for (const rows of Object.values(tables)) expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length)
  for (const { source: from } of all) expect(from).toMatch(/^(?:avp-ug|avp-api|cedar)\/|^service-2\.json /)
})
