import { datetime, decimal, duration, entity, ipaddr } from '../../src/index.js'
import { does, is, shop, type TwinRow } from './twin-row.js'

const me = entity('User', '{pool}|u1')
const order = { type: 'Order', id: '7' } as const
const identifier = is('Order', '7')
const sentWith = (action: string, attributes: object) => ({
  action: does(action),
  resource: identifier,
  entities: { entityList: [{ identifier, attributes }] },
})

export const resources: readonly TwinRow[] = [
  {
    title: 'a route without a resource acts upon the application',
    source: 'avp-ug/policy-stores-api-userpool',
    action: 'by-client',
    expected: { permit: ['client'] },
    sent: { action: does('by-client'), resource: shop },
  },
  {
    title: 'a resource of which nothing is said is no entity',
    source: 'avp-api/IsAuthorized',
    action: 'visit',
    resource: order,
    expected: { permit: ['named-order'] },
    sent: { action: does('visit'), resource: identifier },
  },
  {
    title: 'an id may hold |',
    source: 'service-2.json EntityId',
    action: 'visit',
    resource: { type: 'Order', id: 'a|b' },
    expected: { permit: ['named-order'] },
    sent: { action: does('visit'), resource: is('Order', 'a|b') },
  },
  {
    title: 'an id may hold letters of all scripts, and an emoji',
    source: 'service-2.json EntityId',
    action: 'visit',
    resource: { type: 'Order', id: 'größe-💡' },
    expected: { permit: ['named-order'] },
    sent: { action: does('visit'), resource: is('Order', 'größe-💡') },
  },
  {
    title: 'a type with its namespace is the same type',
    source: 'cedar/schema',
    action: 'visit',
    resource: { type: 'Shop::Order', id: '7' },
    expected: { permit: ['named-order'] },
    sent: { action: does('visit'), resource: identifier },
  },
  {
    title: 'an attribute that is the principal',
    source: 'service-2.json EntityIdentifier',
    action: 'read',
    resource: { ...order, attributes: { owner: me } },
    expected: { permit: ['owner'] },
    sent: sentWith('read', { owner: { entityIdentifier: is('User', '{pool}|u1') } }),
    mapped: {
      principal: is('User', '{pool}|u1'),
      action: does('read'),
      resource: identifier,
      context: {
        contextMap: {
          token: {
            record: {
              scope: { set: [{ string: 'orders/read' }] },
              client_id: { string: 'web' },
              version: { long: 2 },
              exp: { long: '{exp}' },
            },
          },
        },
      },
      entities: {
        entityList: [{ identifier, attributes: { owner: { entityIdentifier: is('User', '{pool}|u1') } } }],
      },
    },
  },
  {
    title: 'an attribute that is somebody else',
    source: 'service-2.json EntityIdentifier',
    action: 'read',
    resource: { ...order, attributes: async () => ({ owner: entity('User', '{pool}|u2') }) },
    expected: { deny: [] },
    sent: sentWith('read', { owner: { entityIdentifier: is('User', '{pool}|u2') } }),
  },
  {
    title: 'an attribute that is not there',
    source: 'cedar/syntax-operators#has',
    action: 'read',
    resource: { ...order, attributes: { total: decimal('1.0') } },
    expected: { deny: [] },
    sent: sentWith('read', { total: { decimal: '1.0' } }),
  },
  {
    title: 'a resource that has no attributes at all',
    source: 'cedar/syntax-operators#has',
    action: 'read',
    resource: order,
    expected: { deny: [] },
  },
  {
    title: 'without a schema a policy that reads a missing attribute errs, and is named',
    source: 'avp-api/BatchIsAuthorizedOutputItem errors',
    world: 'plain',
    action: 'd',
    resource: order,
    expected: { deny: [], failed: ['reads-an-attribute'] },
    sent: { action: does('d'), resource: identifier },
  },
  {
    title: 'what it belongs to',
    source: 'service-2.json ParentList',
    action: 'browse',
    resource: { ...order, parents: [{ type: 'Market', id: 'eu' }] },
    expected: { permit: ['market-eu'] },
    sent: {
      action: does('browse'),
      resource: identifier,
      entities: { entityList: [{ identifier, parents: [is('Market', 'eu')] }] },
    },
  },
  {
    title: 'what that belongs to',
    source: 'service-2.json EntityItem parents',
    action: 'browse',
    resource: { ...order, parents: [{ type: 'Market', id: 'de' }] },
    entities: [{ type: 'Market', id: 'de', parents: [{ type: 'Market', id: 'eu' }] }],
    expected: { permit: ['market-eu'] },
    sent: {
      action: does('browse'),
      resource: identifier,
      entities: {
        entityList: [
          { identifier, parents: [is('Market', 'de')] },
          { identifier: is('Market', 'de'), parents: [is('Market', 'eu')] },
        ],
      },
    },
  },
  {
    title: 'something else that it belongs to',
    source: 'service-2.json ParentList',
    action: 'browse',
    resource: { ...order, parents: [{ type: 'Market', id: 'us' }] },
    expected: { deny: [] },
  },
  {
    title: 'a decimal beyond the limit of a forbid',
    source: 'service-2.json Decimal',
    action: 'refund',
    resource: { ...order, attributes: { owner: me, total: decimal('100.01') } },
    expected: { deny: ['large-refund'] },
    sent: sentWith('refund', {
      owner: { entityIdentifier: is('User', '{pool}|u1') },
      total: { decimal: '100.01' },
    }),
  },
  {
    title: 'the same with what excepts it from the forbid',
    source: 'cedar/syntax-policy#unless',
    action: 'refund',
    resource: { ...order, attributes: { owner: me, total: decimal('100.01') } },
    context: { mfa: true },
    expected: { permit: ['owner-refunds'] },
  },
  {
    title: 'a decimal at the limit',
    source: 'service-2.json Decimal',
    action: 'refund',
    resource: { ...order, attributes: { owner: me, total: decimal('100.0') } },
    expected: { permit: ['owner-refunds'] },
  },
  {
    title: 'a Set of entities',
    source: 'service-2.json SetAttribute',
    action: 'share',
    resource: { ...order, attributes: { buyers: [entity('User', '{pool}|u2'), me] } },
    expected: { permit: ['buyer'] },
    sent: sentWith('share', {
      buyers: {
        set: [{ entityIdentifier: is('User', '{pool}|u2') }, { entityIdentifier: is('User', '{pool}|u1') }],
      },
    }),
  },
  {
    title: 'a Set of entities without the principal',
    source: 'service-2.json SetAttribute',
    action: 'share',
    resource: { ...order, attributes: { buyers: [entity('User', '{other}|u1')] } },
    expected: { deny: [] },
  },
  {
    title: 'a datetime',
    source: 'service-2.json DatetimeAttribute',
    action: 'ship',
    resource: { ...order, attributes: { placed: datetime('2026-11-26') } },
    expected: { permit: ['old'] },
    sent: sentWith('ship', { placed: { datetime: '2026-11-26' } }),
  },
  {
    title: 'a duration and an address',
    source: 'service-2.json Duration',
    action: 'ship',
    resource: { ...order, attributes: { age: duration('23h59m'), net: ipaddr('2001:db8::/32') } },
    expected: { permit: ['fresh', 'inside'] },
    sent: sentWith('ship', { age: { duration: '23h59m' }, net: { ipaddr: '2001:db8::/32' } }),
  },
  {
    title: 'an attribute that is an entity of which more is known',
    source: 'avp-api/EntitiesDefinition',
    action: 'compare',
    resource: { ...order, attributes: { market: entity('Market', 'eu') } },
    entities: [{ type: 'Market', id: 'eu', attributes: { open: true } }],
    expected: { permit: ['open-market'] },
    sent: {
      action: does('compare'),
      resource: identifier,
      entities: {
        entityList: [
          { identifier, attributes: { market: { entityIdentifier: is('Market', 'eu') } } },
          { identifier: is('Market', 'eu'), attributes: { open: { boolean: true } } },
        ],
      },
    },
  },
  {
    title: 'what the route says of a resource counts before what is said elsewhere',
    source: 'avp-api/EntitiesDefinition',
    action: 'compare',
    resource: { ...order, attributes: { limits: { day: -1 } } },
    entities: [{ ...order, attributes: { limits: { day: 5 } }, parents: [{ type: 'Market', id: 'eu' }] }],
    expected: { permit: ['limits'] },
    sent: {
      action: does('compare'),
      resource: identifier,
      entities: {
        entityList: [
          { identifier, attributes: { limits: { record: { day: { long: -1 } } } }, parents: [is('Market', 'eu')] },
        ],
      },
    },
  },
  {
    title: 'large numbers in a Set',
    source: 'service-2.json LongAttribute',
    action: 'compare',
    resource: { ...order, attributes: { lines: [1, 9007199254740991] } },
    expected: { permit: ['lines'] },
  },
  {
    title: 'an attribute that is null',
    source: 'cedar/syntax-datatypes',
    action: 'read',
    resource: { ...order, attributes: { owner: me, note: null } },
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'an attribute that is not of the declared type',
    source: 'avp-ug/schema',
    action: 'read',
    resource: { ...order, attributes: { owner: 'u1' } },
    expected: { undecided: { local: 'request-data', remote: 'configuration' } },
    sent: sentWith('read', { owner: { string: 'u1' } }),
  },
  {
    title: 'an attribute that the schema does not have',
    source: 'avp-ug/schema',
    action: 'read',
    resource: { ...order, attributes: { owner: me, made_up: 1 } },
    expected: { undecided: { local: 'request-data', remote: 'configuration' } },
  },
  {
    title: 'a type to which the schema does not allow the action',
    source: 'avp-ug/schema',
    action: 'read',
    resource: () => ({ type: 'Market', id: 'eu' }),
    expected: { undecided: { local: 'request-data', remote: 'configuration' } },
  } as unknown as TwinRow,
  {
    title: 'an action that the schema does not have',
    source: 'avp-ug/schema',
    action: 'dance',
    resource: order,
    expected: { undecided: 'configuration' },
    sent: { action: does('dance'), resource: identifier },
  },
]
