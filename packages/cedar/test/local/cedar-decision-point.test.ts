import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { ConfigurationError, createResourceServer } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { describe, expect, it } from 'vitest'
import { type CedarDecisionPointOptions, cedarDecisionPoint, decimal, entity } from '../../src/index.js'
import { asking, policies, POOL, schema } from '../support/shop.js'

const shop = { policies, schema, namespace: 'Shop' }
const me = entity('User', `${POOL}|u1`)
const order = { type: 'Order', id: '7', attributes: { owner: me, total: decimal('5.00') } }

describe('the decision', () => {
  it('names the policies that determine it', async () => {
    const point = cedarDecisionPoint(shop)
    const permit = { decision: 'permit', determiningPolicies: ['owner-reads'], policyErrors: [] }
    expect(await point.decide(asking({ resource: order }))).toStrictEqual(permit)
    expect(await point.decide(asking({ sub: 'u2', resource: order }))).toStrictEqual({
      decision: 'deny',
      determiningPolicies: [],
      policyErrors: [],
    })
    const large = { ...order, attributes: { owner: me, total: decimal('500.00') } }
    expect(await point.decide(asking({ groups: ['admins'], action: 'refund', resource: large }))).toMatchObject({
      decision: 'deny',
      determiningPolicies: ['large-refunds-take-a-second-factor'],
    })
  })

  it('calls a policy without an id by its source and number', async () => {
    const point = cedarDecisionPoint({
      policies: 'forbid(principal, action, resource) when { false };\npermit(principal, action, resource);',
    })
    expect(await point.decide(asking())).toMatchObject({ decision: 'permit', determiningPolicies: ['policies#2'] })
  })

  it('of data that Cedar cannot evaluate is none, and the reason quotes nothing of the data', async () => {
    const point = cedarDecisionPoint(shop)
    for (const attributes of [{ owner: 'top secret' }, { owner: me, total: 4711 }, { total: decimal('4711.0') }]) {
      const decision = await point.decide(asking({ resource: { ...order, attributes } }))
      expect(decision).toMatchObject({ decision: 'error', reason: 'request-data', cause: expect.any(Error) })
      const { message } = (decision as { cause: Error }).cause
      expect(message).toMatch(/owner|total/)
      expect(message).not.toMatch(/secret|4711|u1/)
    }
  })

  it('counts no scope that a live check took away', async () => {
    const claims = { scope: 'orders/read openid' }
    const list = (scopes: readonly string[]) =>
      cedarDecisionPoint(shop).decide(asking({ action: 'list', claims, scopes }))
    expect(await list(['orders/read'])).toMatchObject({ decision: 'permit' })
    expect(await list(['openid'])).toMatchObject({ decision: 'deny' })
  })

  it('of an action that the schema lacks is none until somebody mends it', async () => {
    const point = cedarDecisionPoint(shop)
    await expect(point.decide(asking({ action: 'dance' }))).rejects.toThrow(ConfigurationError)
    await expect(point.decide(asking({ action: 'read', context: { token: {} } }))).rejects.toThrow('policy.context')
  })

  it('rejects with what a loader rejects with, which core reports', async () => {
    const point = cedarDecisionPoint(shop)
    const attributes = async () => {
      throw new Error('database down')
    }
    await expect(point.decide(asking({ resource: { ...order, attributes } }))).rejects.toThrow('database down')
  })
})

describe('attributes', () => {
  it('are loaded when a policy for the action may read them, and not otherwise', async () => {
    const point = cedarDecisionPoint({
      policies: `
        permit(principal, action == Action::"reads", resource) when { resource.public };
        permit(principal, action == Action::"looks", resource) when { context.token.sub == "u1" };`,
    })
    const resource = { type: 'Order', id: '7', attributes: { public: true } }
    const [reads, looks] = [asking({ action: 'reads', resource }), asking({ action: 'looks', resource })]
    expect(await point.decide(reads)).toMatchObject({ decision: 'permit' })
    expect(await point.decide(looks)).toMatchObject({ decision: 'permit' })
    expect([reads.loads, looks.loads]).toStrictEqual([1, 0])
  })

  it('are loaded with what the resource belongs to where the schema demands them of it', async () => {
    const demanding = schema.replace('note?: String', 'note: String')
    const byMarket = 'permit(principal, action == Shop::Action::"read", resource in Shop::Market::"eu");'
    const parents = [{ type: 'Market', id: 'eu' }]
    const point = cedarDecisionPoint({ policies: byMarket, schema: demanding, namespace: 'Shop' })
    const whole = asking({ resource: { ...order, attributes: { ...order.attributes, note: '' }, parents } })
    expect(await point.decide(whole)).toMatchObject({ decision: 'permit' })
    expect(whole.loads).toBe(1)
    const without = asking({ resource: { type: 'Order', id: '7', attributes: {} } })
    expect(await point.decide(without)).toMatchObject({ decision: 'deny' })
    expect(without.loads).toBe(0)
  })

  it('are loaded where a user is acted upon: it may be the principal', async () => {
    const byPoints = 'permit(principal, action, resource) when { principal has points && principal.points > 3 };'
    const point = cedarDecisionPoint({ policies: byPoints })
    const self = { type: 'User', id: `${POOL}|u1`, attributes: { points: 5 } }
    expect(await point.decide(asking({ resource: self }))).toMatchObject({ decision: 'permit' })
    expect(await point.decide(asking({ sub: 'u2', resource: self }))).toMatchObject({ decision: 'deny' })
  })
})

describe('policies that are wrong', () => {
  const refused: Record<string, [given: Partial<CedarDecisionPointOptions>, message: RegExp]> = {
    'do not parse': [
      { policies: '// größe\npermit(principal, action, resource)\n  when { resource.größe };' },
      /policies:3:\d+ .*invalid token/,
    ],
    'read what the schema lacks': [
      {
        ...shop,
        policies: `${policies}\n@id("typo")\npermit(principal, action == Shop::Action::"read", resource)\nwhen { resource.ownr == principal };`,
      },
      /^cedarDecisionPoint\.policies does not fit the schema: policies:20:8 .*`ownr`.*did you mean `owner`/,
    ],
    'can never apply': [
      { ...shop, policies: 'permit(principal, action == Shop::Action::"list", resource is Shop::Order);' },
      /policies:1:1 .*impossible/,
    ],
    'share a name': [
      { policies: '@id("a") permit(principal, action, resource);\n@id("a") forbid(principal, action, resource);' },
      /two policies named a/,
    ],
    'are templates': [{ policies: 'permit(principal == ?principal, action, resource);' }, /template/],
    'are none': [{ policies: ' \n' }, /has no policy/],
    'stand in no file': [{ policies: { files: ['/nowhere/x.cedar'] } }, /\/nowhere\/x\.cedar.*ENOENT/],
    'are no text': [{ policies: 7 as never }, /must be Cedar text, or \{ files/],
    'come with a schema that does not parse': [
      { ...shop, schema: 'namespace Shop {\n  entity User = { email: Strin };\n}' },
      /cedarDecisionPoint\.schema schema:2:26 failed to resolve type/,
    ],
    'come with a schema that is none': [{ ...shop, schema: 7 as never }, /must be Cedar text, its JSON/],
  }
  it.each(Object.entries(refused))('%s: an error at start-up, with line and reason', (_, [given, message]) => {
    expect(() => cedarDecisionPoint({ policies, ...given })).toThrow(ConfigurationError)
    expect(() => cedarDecisionPoint({ policies, ...given })).toThrow(message)
  })
})

describe('options', () => {
  const wrong: Record<string, [given: Record<string, unknown>, message: string]> = {
    'that nobody knows': [{ polices: '' }, 'cedarDecisionPoint.polices is not an option; known options are policies'],
    'sliceByAction of another type': [{ sliceByAction: 1 }, 'sliceByAction must be true or false'],
    'serviceLimits of another type': [{ serviceLimits: 'none' }, 'serviceLimits must be true or false'],
    'watch without files': [{ watch: () => {} }, 'watch needs policies or a schema in files'],
    'watch of another type': [{ watch: true }, 'watch must be a function'],
    'cedar that is none': [{ cedar: {} }, 'cedar must be what @cedar-policy/cedar-wasm exports'],
    'a namespace that is none': [{ namespace: 'Shop::' }, 'namespace must be a name of Cedar'],
    'a type that is none': [{ principalType: 'the user' }, 'principalType must be a name of Cedar'],
    'an application without an id': [
      { application: { type: 'App', id: '' } },
      'application must have a type and an id',
    ],
    'a prefix with what separates it': [
      { idPrefixes: { 'https://a': 'x|y' } },
      "idPrefixes must hold prefixes that are not empty and have no '|'",
    ],
    'one prefix for two issuers': [
      { idPrefixes: { 'https://a': 'x', 'https://b': 'x' } },
      'gives two issuers the same prefix',
    ],
    'entities that are none': [{ entities: [{ type: 'Market' }] }, 'entities must be a list of { type, id'],
    'entities that are principals': [{ entities: [{ type: 'User', id: 'x' }] }, 'principals come from tokens'],
    'entities that are actions': [{ entities: [{ type: 'Action', id: 'x' }] }, 'groups of actions stand in the schema'],
    'entities that are actions elsewhere': [
      { entities: [{ type: 'A::Action', id: 'x' }] },
      'nothing of type A::Action',
    ],
  }
  it.each(Object.entries(wrong))('%s are refused', (_, [given, message]) => {
    expect(() => cedarDecisionPoint({ policies, ...given } as CedarDecisionPointOptions)).toThrow(message)
  })

  it('take an instance of Cedar', async () => {
    const point = cedarDecisionPoint({ ...shop, cedar })
    expect(await point.decide(asking({ resource: order }))).toMatchObject({ decision: 'permit' })
  })

  it('lift the limits of Verified Permissions', async () => {
    const groups = Array.from({ length: 150 }, (_, index) => `g${index}`)
    const many = asking({ groups, context: { text: 'x'.repeat(1_000_000) } })
    const open = { policies: 'permit(principal, action, resource);' }
    expect(await cedarDecisionPoint(open).decide(many)).toMatchObject({ decision: 'error', reason: 'request-data' })
    expect(await cedarDecisionPoint({ ...open, serviceLimits: false }).decide(many)).toMatchObject({
      decision: 'permit',
    })
  })

  it('take entities by a function, which is checked as well', async () => {
    const open = 'permit(principal, action, resource) when { Market::"eu".open };'
    const point = cedarDecisionPoint({
      policies: open,
      entities: ({ action }) => [{ type: action === 'read' ? 'Market' : 'User', id: 'eu', attributes: { open: true } }],
    })
    expect(await point.decide(asking())).toMatchObject({ decision: 'permit' })
    await expect(point.decide(asking({ action: 'x' }))).rejects.toThrow('principals come from tokens')
  })

  it('put no action into a group, under whose policies it would fall', async () => {
    const action = { type: 'Action', id: 'read', parents: [{ type: 'Action', id: 'manage' }] }
    const managing = 'permit(principal, action in Action::"manage", resource);'
    const asked = [
      [{ entities: () => [action] }, asking({ action: 'read' })],
      [{}, asking({ action: 'read', resource: action })],
    ] as const
    for (const [given, request] of asked) {
      for (const sliceByAction of [true, false]) {
        const point = cedarDecisionPoint({ policies: managing, sliceByAction, ...given })
        await expect(point.decide(request)).rejects.toThrow('must have nothing of type Action')
      }
    }
  })
})

describe('routes', () => {
  const issuers = [cognitoUserPool({ userPoolId: POOL, clientId: 'web' })]
  const api = createResourceServer({ issuers, decisionPoint: cedarDecisionPoint(shop) })

  it('are refused at boot for an action or a resource that no policy can be about', () => {
    expect(() => api.policy({ action: 'dance' })).toThrow("policy.action 'dance' is not in the schema")
    expect(() => api.policy({ action: 'read', resource: { type: 'Market', id: 'eu' } })).toThrow(
      "policy.resource is a Shop::Market, to which the schema does not allow 'read'",
    )
    const plain = createResourceServer({
      issuers,
      decisionPoint: cedarDecisionPoint({ policies: 'permit(principal, action == Action::"a", resource);' }),
    })
    expect(() => plain.policy({ action: 'b' })).toThrow("'b' is known to no policy")
    expect(plain.policy({ action: 'a' })).toBeDefined()
    expect(api.policy({ action: () => 'dance' })).toBeDefined()
  })

  it('are refused with the namespace to set, where that alone is missing', () => {
    const refusalOf = (options: CedarDecisionPointOptions, action: string) => {
      const server = createResourceServer({ issuers, decisionPoint: cedarDecisionPoint(options) })
      return expect(() => server.policy({ action }))
    }
    const listed = 'permit(principal, action == Shop::Action::"list", resource);'
    refusalOf({ policies: listed }, 'list').toThrow(
      /'list' is known to no policy of the decision point; there is Shop::Action::"list": set namespace: 'Shop'$/,
    )
    refusalOf({ policies: listed, namespace: 'Market' }, 'list').toThrow("set namespace: 'Shop'")
    refusalOf({ policies: listed }, 'read').toThrow(/'read' is known to no policy of the decision point$/)
    refusalOf({ policies: listed.replace('Shop::', ''), namespace: 'Shop' }, 'list').toThrow(
      /; there is Action::"list", without a namespace$/,
    )
    refusalOf({ policies: shop.policies, schema: shop.schema }, 'list').toThrow(
      /'list' is not in the schema of the decision point; there is Shop::Action::"list": set namespace: 'Shop'$/,
    )
  })

  it('are explained by the policies that can decide them', () => {
    const explained = (policy: Parameters<typeof api.policy>[0]) =>
      api.explain(api.policy(policy)).decisions[0]?.explanation
    expect(explained({ action: 'read' })).toBe('Cedar, by owner-reads, admins-manage; reads attributes of the resource')
    expect(explained({ action: 'list' })).toBe('Cedar, by readers-list')
    expect(explained({ action: () => 'list' })).toBe('Cedar, by the policies for the action of each request')
  })
})

it('decides nothing after close()', async () => {
  const point = cedarDecisionPoint(shop)
  point.close()
  point.close()
  await expect(point.decide(asking({ resource: order }))).rejects.toThrow('was closed')
})
