import {
  BatchIsAuthorizedCommand,
  BatchIsAuthorizedWithTokenCommand,
  CreatePolicyCommand,
  type IsAuthorizedCommandInput,
} from '@aws-sdk/client-verifiedpermissions'
import { describe, expect, it } from 'vitest'
import {
  action,
  ann,
  expectInvalid,
  order,
  policyStore,
  resource,
  schema,
  storeOfPool,
} from '../support/policy-store.js'

describe('refused as invalid is', () => {
  const of = (attributes: object): Partial<IsAuthorizedCommandInput> => ({
    entities: { entityList: [{ identifier: order, attributes: attributes as never }] },
  })
  const parents = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ entityType: 'Shop::Order', entityId: `p${index}` }))
  const invalid: Record<string, [input: Partial<IsAuthorizedCommandInput>, path: string | RegExp]> = {
    'no principal': [{ principal: undefined }, 'principal'],
    'no action': [{ action: undefined }, 'action'],
    'no resource': [{ resource: undefined }, 'resource'],
    'a policy store id with other characters': [{ policyStoreId: 'my store' }, 'policyStoreId'],
    'an empty id': [{ principal: { ...ann, entityId: '' } }, 'principal.entityId'],
    'an id that is too long': [{ resource: { ...order, entityId: 'x'.repeat(613) } }, 'resource.entityId'],
    'a type that is too long': [{ resource: { ...order, entityType: 'x'.repeat(201) } }, 'resource.entityType'],
    'an action of another type': [{ action: { ...action, actionType: 'Shop::User' } }, 'action.actionType'],
    'an action that is too long': [{ action: { ...action, actionId: 'x'.repeat(513) } }, 'action.actionId'],
    'an entity that is an action': [
      { entities: { entityList: [{ identifier: { entityType: 'Shop::Action', entityId: 'read' } }] } },
      'entities',
    ],
    'a value without a type': [of({ total: {} }), 'entities.entityList[0].attributes.total'],
    'a value of two types': [of({ total: { long: 1, string: 'a' } }), 'entities.entityList[0].attributes.total'],
    'a value of an unknown type': [of({ total: { float: 1.5 } }), 'entities.entityList[0].attributes.total'],
    'a decimal with five digits': [of({ total: { decimal: '1.23456' } }), /\.total\.decimal$/],
    'a Long that is none': [of({ total: { long: 1.5 } }), 'entities.entityList[0].attributes.total'],
    'an address that is none': [of({ a: { ipaddr: 'localhost' } }), /\.ipaddr$/],
    'a datetime that is none': [of({ a: { datetime: 'today' } }), /\.datetime$/],
    'a duration that is none': [of({ a: { duration: 'long' } }), /\.duration$/],
    'a value in a set': [of({ a: { set: [{ string: 'a' }, {}] } }), /\.a\.set\[1\]$/],
    'a value in a record': [of({ a: { record: { b: {} } } }), /\.a\.record\.b$/],
    'entities in JSON that is none': [{ entities: { cedarJson: '[' } }, 'entities.cedarJson'],
    'a context in JSON that is none': [{ context: { cedarJson: '[]' } }, 'context'],
    'more than 99 parents': [
      { resource: order, entities: { entityList: [{ identifier: order, parents: parents(100) }] } },
      'resource',
    ],
    'more than 99 parents, parents of parents included': [
      {
        resource: order,
        entities: {
          entityList: [
            { identifier: order, parents: parents(99) },
            { identifier: parents(1)[0], parents: [{ entityType: 'Shop::Order', entityId: 'grand' }] },
          ],
        },
      },
      'resource',
    ],
    'a request of more than 1 MB': [{ context: { contextMap: { a: { string: 'x'.repeat(1_048_576) } } } }, 'request'],
    // What Cedar's own validation of a request finds.
    'an action that the schema lacks': [{ action: { ...action, actionId: 'dance' } }, 'request'],
    'an attribute that the schema lacks': [{ resource: order, ...of({ made_up: { long: 1 } }) }, 'request'],
    'an attribute of another type': [{ resource: order, ...of({ owner: { string: 'ann' } }) }, 'request'],
    'a context that the schema lacks': [{ context: { contextMap: { made_up: { boolean: true } } } }, 'request'],
    'a resource the schema does not allow': [{ resource: { ...ann } }, 'request'],
  }
  it.each(Object.entries(invalid))('%s', async (_, [input, path]) => {
    const { isAuthorized } = await policyStore()
    await expectInvalid(isAuthorized(input), path)
  })

  it('nothing of the last of these in a store that does not validate', async () => {
    const { isAuthorized } = await policyStore({ schema, validation: 'OFF' })
    const context = { contextMap: { made_up: { boolean: true } } }
    expect(await isAuthorized({ action: { ...action, actionId: 'dance' }, context })).toMatchObject({
      decision: 'DENY',
    })
  })

  it('nothing at the limits', async () => {
    const { isAuthorized } = await policyStore({ schema, validation: 'OFF' })
    const limits = {
      resource: { ...order, entityId: 'x'.repeat(612) },
      action: { ...action, actionId: 'x'.repeat(512) },
      principal: { ...ann, entityType: 'x'.repeat(200) },
    }
    expect(await isAuthorized(limits)).toMatchObject({ decision: 'DENY' })
  })
})

/** The reasons that the documentation of ValidationException lists. */
describe('a policy is refused for', () => {
  const policy = (when: string, scope = 'principal, action == Shop::Action::"read", resource is Shop::Order') =>
    `permit(${scope}) when { ${when} };`
  const reasons: Record<string, [statement: string, message: RegExp]> = {
    UnrecognizedEntityType: [policy('true', 'principal is Shop::Robot, action, resource'), /Shop::Robot/],
    UnrecognizedActionId: [policy('true', 'principal, action == Shop::Action::"dance", resource'), /dance/],
    InvalidActionApplication: [
      policy('true', 'principal, action == Shop::Action::"read", resource is Shop::User'),
      /applicable action|impossible/,
    ],
    UnexpectedType: [policy('resource has total && resource.total > 5'), /unexpected type/],
    IncompatibleTypes: [policy('[1, "a"].contains(1)'), /not compatible|incompatible/],
    MissingAttribute: [policy('resource.made_up == 1'), /made_up/],
    UnsafeOptionalAttributeAccess: [policy('resource.owner == principal'), /guarantee safety/],
    ImpossiblePolicy: [policy('1 == 2'), /impossible/],
    WrongNumberArguments: [policy('decimal("1.0", "2.0") == decimal("1.0")'), /argument/],
    FunctionArgumentValidationError: [policy('ip("localhost").isLoopback()'), /localhost/],
  }
  it.each(Object.entries(reasons))('%s', async (_, [statement, message]) => {
    const { client, policyStoreId } = await policyStore()
    const create = client.send(new CreatePolicyCommand({ policyStoreId, definition: { static: { statement } } }))
    await expectInvalid(create, 'definition.static.statement', message)
  })

  it('its size, its syntax, and being a template', async () => {
    const { client, policyStoreId } = await policyStore()
    const create = (statement: string) =>
      client.send(new CreatePolicyCommand({ policyStoreId, definition: { static: { statement } } }))
    const path = 'definition.static.statement'
    await expectInvalid(create(`${policy('true')} // ${'x'.repeat(10_000)}`), path, /10000 bytes/)
    await expectInvalid(create('permit'), path)
    await expectInvalid(create('permit(principal == ?principal, action, resource);'), path)
    await expectInvalid(create(`${policy('true')}\n${policy('true')}`), path)
  })
})

describe('a batch', () => {
  const request = (entityId = '7', principal = ann) => ({ principal, action, resource: { ...order, entityId } })

  it('answers in the order of its requests, and repeats them', async () => {
    const { client, policyStoreId } = await policyStore()
    const entityList = [{ identifier: order, attributes: { owner: { entityIdentifier: ann } } }]
    const requests = [request('8'), request('7')]
    const { results } = await client.send(
      new BatchIsAuthorizedCommand({ policyStoreId, requests, entities: { entityList } }),
    )
    expect(results).toMatchObject([
      { request: requests[0], decision: 'DENY' },
      { request: requests[1], decision: 'ALLOW' },
    ])
  })

  it('is about one principal or one resource', async () => {
    const { client, policyStoreId } = await policyStore()
    const send = (requests: ReturnType<typeof request>[]) =>
      client.send(new BatchIsAuthorizedCommand({ policyStoreId, requests }))
    const bob = { ...ann, entityId: 'bob' }
    expect((await send([request('7'), request('8')])).results).toHaveLength(2)
    expect((await send([request('7'), request('7', bob)])).results).toHaveLength(2)
    await expectInvalid(send([request('7'), request('8', bob)]), 'requests', /either the principal or the resource/)
  })

  it('has one to thirty requests, and a hundred resources and principals at most', async () => {
    const { client, policyStoreId } = await policyStore()
    const requests = Array.from({ length: 31 }, (_, index) => request(`${index}`))
    const send = (list: typeof requests, entityList: object[] = []) =>
      client.send(
        new BatchIsAuthorizedCommand({ policyStoreId, requests: list, entities: { entityList: entityList as never } }),
      )
    expect((await send(requests.slice(1))).results).toHaveLength(30)
    await expectInvalid(send(requests), 'requests', /1 to 30/)
    await expectInvalid(send([]), 'requests', /1 to 30/)
    const many = (entityType: string) =>
      Array.from({ length: 101 }, (_, index) => ({ identifier: { entityType, entityId: `${index}` } }))
    await expectInvalid(send(requests.slice(1), many('Shop::Order')), 'entities', /100 resources/)
    await expectInvalid(send(requests.slice(1), many('Shop::User')), 'entities', /100 principals/)
    expect((await send(requests.slice(1), many('Shop::Order').slice(1))).results).toHaveLength(30)
  })

  it('with a token has its limits, too', async () => {
    const { pool, client, policyStoreId } = await storeOfPool()
    const groups = (count: number) => Array.from({ length: count }, (_, index) => `g${index}`)
    const accessToken = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: groups(99) })
    const requests = [
      { action, resource },
      { action, resource: order },
    ]
    const send = (input: object) =>
      client.send(new BatchIsAuthorizedWithTokenCommand({ policyStoreId, accessToken, requests, ...input }))
    expect(await send({})).toMatchObject({
      principal: { entityType: 'Shop::User', entityId: `${pool.userPoolId}|u1` },
      results: [
        { request: requests[0], decision: 'ALLOW' },
        { request: requests[1], decision: 'DENY' },
      ],
    })
    await expectInvalid(send({ requests: Array.from({ length: 31 }, () => requests[0]) }), 'requests')
    await expectInvalid(
      send({ accessToken: await pool.accessToken({ groups: groups(100) }) }),
      'accessToken',
      /99 groups/,
    )
    const entityList = Array.from({ length: 101 }, (_, index) => ({ identifier: { ...order, entityId: `${index}` } }))
    await expectInvalid(send({ entities: { entityList } }), 'entities', /100 resources/)
    await expectInvalid(send({ entities: { entityList: [{ identifier: ann }] } }), 'entities', /users and groups/)
  })
})
