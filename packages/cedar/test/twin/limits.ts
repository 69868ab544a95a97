import { does, is, shop, type TwinRow } from './twin-row.js'

const long = (length: number) => 'x'.repeat(length)
const many = (count: number) => Array.from({ length: count }, (_, index) => `g${index}`)
const markets = (count: number) => Array.from({ length: count }, (_, index) => ({ type: 'Market', id: `m${index}` }))

export const limits: readonly TwinRow[] = [
  {
    title: 'an id of 612 characters',
    source: 'service-2.json EntityId',
    action: 'read',
    resource: { type: 'Order', id: long(612) },
    expected: { deny: [] },
    sent: { action: does('read'), resource: is('Order', long(612)) },
  },
  {
    title: 'an id of 613 characters',
    source: 'service-2.json EntityId',
    action: 'read',
    resource: { type: 'Order', id: long(613) },
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'a principal whose id has more than that with its pool',
    source: 'service-2.json EntityId',
    token: { sub: long(600) },
    action: 'by-client',
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'an action of 513 characters',
    source: 'service-2.json ActionId',
    world: 'plain',
    action: long(513),
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'an action of 512 characters',
    source: 'service-2.json ActionId',
    world: 'plain',
    action: long(512),
    expected: { deny: [] },
    sent: { action: does(long(512)), resource: shop },
  },
  {
    title: '99 groups',
    source: 'service-2.json EntityItem parents',
    token: { groups: [...many(98), 'admins'] },
    action: 'by-group',
    expected: { permit: ['admins'] },
    sent: { action: does('by-group'), resource: shop },
  },
  {
    title: '100 groups',
    source: 'service-2.json EntityItem parents',
    token: { groups: [...many(99), 'admins'] },
    action: 'by-group',
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'a resource with 99 parents, one of them through another',
    source: 'service-2.json EntityItem parents',
    action: 'browse',
    resource: { type: 'Order', id: '7', parents: markets(98) },
    entities: [{ type: 'Market', id: 'm0', parents: [{ type: 'Market', id: 'eu' }] }],
    expected: { permit: ['market-eu'] },
    sent: {
      action: does('browse'),
      resource: is('Order', '7'),
      entities: {
        entityList: [
          {
            identifier: is('Order', '7'),
            parents: Array.from({ length: 98 }, (_, index) => is('Market', `m${index}`)),
          },
          { identifier: is('Market', 'm0'), parents: [is('Market', 'eu')] },
        ],
      },
    },
  },
  {
    title: 'a resource with 100 parents, one of them through another',
    source: 'service-2.json EntityItem parents',
    action: 'browse',
    resource: { type: 'Order', id: '7', parents: markets(99) },
    entities: [{ type: 'Market', id: 'm0', parents: [{ type: 'Market', id: 'eu' }] }],
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'a request of less than 1 MB',
    source: 'avp-ug/quotas',
    action: 'with-context',
    context: { channel: `${long(990_000)}web-ü` },
    expected: { permit: ['channel'] },
    sent: {
      action: does('with-context'),
      resource: shop,
      context: { contextMap: { channel: { string: `${'x'.repeat(990_000)}web-ü` } } },
    },
  },
  {
    title: 'a request of more than 1 MB',
    source: 'avp-ug/quotas',
    action: 'with-context',
    context: { channel: `${long(1_050_000)}web-ü` },
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
  {
    title: 'the same in letters of four bytes',
    source: 'avp-ug/quotas',
    action: 'with-context',
    context: { channel: '💡'.repeat(260_000) },
    expected: { undecided: 'request-data' },
    sent: 'nothing',
    mapped: 'nothing',
  },
]
