import { does, shop, type TwinRow } from './twin-row.js'

const guide = 'avp-ug/cognito-map-token-to-schema'

export const claims: readonly TwinRow[] = [
  {
    title: 'scope is a set of the scopes',
    source: guide,
    token: { scopes: ['openid', 'orders/read'] },
    action: 'by-scope',
    expected: { permit: ['scope'] },
    sent: { action: does('by-scope'), resource: shop },
    mapped: {
      principal: { entityType: 'Shop::User', entityId: '{pool}|u1' },
      action: does('by-scope'),
      resource: shop,
      context: {
        contextMap: {
          token: {
            record: {
              scope: { set: [{ string: 'openid' }, { string: 'orders/read' }] },
              client_id: { string: 'web' },
              version: { long: 2 },
              exp: { long: '{exp}' },
            },
          },
        },
      },
    },
  },
  {
    title: 'a scope that is missing',
    source: guide,
    token: { scopes: ['openid'] },
    action: 'by-scope',
    expected: { deny: [] },
  },
  {
    title: 'a scope that begins like another',
    source: guide,
    token: { scopes: ['orders/readall'] },
    action: 'by-scope',
    expected: { deny: [] },
  },
  {
    title: 'an empty scope is an empty set',
    source: guide,
    token: { claims: { scope: '' } },
    action: 'by-scope',
    expected: { deny: [] },
  },
  { title: 'client_id is a text', source: guide, action: 'by-client', expected: { permit: ['client'] } },
  {
    title: 'a claim of the application',
    source: guide,
    token: { claims: { tenant: 't-1' } },
    action: 'by-tenant',
    expected: { permit: ['tenant'] },
    mapped: {
      principal: { entityType: 'Shop::User', entityId: '{pool}|u1' },
      action: does('by-tenant'),
      resource: shop,
      context: {
        contextMap: {
          token: {
            record: {
              scope: { set: [{ string: 'orders/read' }] },
              client_id: { string: 'web' },
              version: { long: 2 },
              exp: { long: '{exp}' },
              tenant: { string: 't-1' },
            },
          },
        },
      },
    },
  },
  {
    title: 'another value of it',
    source: guide,
    token: { claims: { tenant: 't-2' } },
    action: 'by-tenant',
    expected: { deny: [] },
  },
  { title: 'without it', source: guide, action: 'by-tenant', expected: { deny: [] } },
  { title: 'a number is a Long', source: guide, action: 'by-version', expected: { permit: ['version'] } },
  {
    title: 'true and false are Booleans',
    source: guide,
    token: { claims: { staff: true } },
    action: 'by-staff',
    expected: { permit: ['staff'] },
  },
  {
    title: 'a list is a Set',
    source: 'service-2.json SetAttribute',
    token: { claims: { roles: ['seller', 'seller', 'packer'] } },
    action: 'by-role',
    expected: { permit: ['role'] },
    mapped: {
      principal: { entityType: 'Shop::User', entityId: '{pool}|u1' },
      action: does('by-role'),
      resource: shop,
      context: {
        contextMap: {
          token: {
            record: {
              scope: { set: [{ string: 'orders/read' }] },
              client_id: { string: 'web' },
              version: { long: 2 },
              exp: { long: '{exp}' },
              roles: { set: [{ string: 'seller' }, { string: 'seller' }, { string: 'packer' }] },
            },
          },
        },
      },
    },
  },
  {
    title: 'a list without any of them',
    source: 'service-2.json SetAttribute',
    token: { claims: { roles: [] } },
    action: 'by-role',
    expected: { deny: [] },
  },
  {
    title: 'an object is a Record',
    source: 'service-2.json RecordAttribute',
    token: { claims: { address: { country: 'DE' } } },
    action: 'by-address',
    expected: { permit: ['address'] },
    mapped: {
      principal: { entityType: 'Shop::User', entityId: '{pool}|u1' },
      action: does('by-address'),
      resource: shop,
      context: {
        contextMap: {
          token: {
            record: {
              scope: { set: [{ string: 'orders/read' }] },
              client_id: { string: 'web' },
              version: { long: 2 },
              exp: { long: '{exp}' },
              address: { record: { country: { string: 'DE' } } },
            },
          },
        },
      },
    },
  },
  { title: 'exp is a Long, in seconds', source: guide, action: 'by-expiry', expected: { permit: ['expiry'] } },
  {
    title: 'null is no value of Cedar: the claim is not there',
    source: 'cedar/syntax-datatypes',
    token: { claims: { nothing: null } },
    action: 'by-nothing',
    expected: { deny: [] },
  },
  {
    title: 'a number with a fraction is none either',
    source: 'cedar/syntax-datatypes',
    token: { claims: { rate: 1.5 } },
    action: 'by-rate',
    expected: { deny: [] },
  },
  {
    title: 'nor a number beyond what JSON keeps exactly',
    source: 'cedar/syntax-datatypes',
    token: { claims: { rate: 2 ** 53 } },
    action: 'by-rate',
    expected: { deny: [] },
  },
  {
    title: 'an object that looks like an entity does not become one',
    source: 'cedar/entities-syntax',
    token: { claims: { ref: { kind: 'x', __entity: { type: 'Shop::User', id: 'u1' } } } },
    action: 'by-ref',
    expected: { deny: [] },
  },
  {
    title: 'claims that the schema does not declare do not matter',
    source: guide,
    token: { claims: { made_up: { any: [1, 'thing'] }, tenant: 't-1' } },
    action: 'by-tenant',
    expected: { permit: ['tenant'] },
  },
  {
    title: 'a claim that is not of the declared type is no data of the request that can be evaluated',
    source: 'avp-ug/identity-sources_map-token-to-schema',
    token: { claims: { tenant: 7 } },
    action: 'by-tenant',
    expected: { undecided: { local: 'request-data', remote: 'configuration' } },
  },
  {
    title: 'without a schema a policy that reads a missing claim errs, and is named',
    source: 'avp-api/IsAuthorizedWithToken errors',
    world: 'plain',
    action: 'a',
    expected: { deny: [], failed: ['reads-a-claim'] },
    sent: { action: does('a'), resource: shop },
  },
  {
    title: 'the same policy with the claim',
    source: 'avp-api/IsAuthorizedWithToken errors',
    world: 'plain',
    token: { claims: { tenant: 't-1' } },
    action: 'a',
    expected: { permit: ['reads-a-claim'] },
  },
  {
    title: 'a forbid that errs is skipped: the decision stands, and the policy is named',
    source: 'cedar/auth-authorization',
    world: 'plain',
    action: 'b',
    expected: { permit: ['stands'], failed: ['forbids-by-a-claim'] },
  },
  {
    title: 'a forbid that does not err forbids',
    source: 'cedar/auth-authorization',
    world: 'plain',
    token: { claims: { tenant: 't-1' } },
    action: 'b',
    expected: { deny: ['forbids-by-a-claim'] },
  },
  {
    title: 'the claim of the groups is not in context.token',
    source: guide,
    world: 'plain',
    token: { groups: ['admins'] },
    action: 'c',
    expected: { permit: ['groups-are-no-claim'] },
  },
  {
    title: 'without a schema every claim is there',
    source: guide,
    world: 'plain',
    action: 'e',
    expected: { permit: ['any-claim'] },
  },
  {
    title: 'claims of all kinds, and those that cannot be there',
    source: 'cedar/syntax-datatypes',
    world: 'plain',
    token: {
      claims: {
        n: -5,
        f: false,
        list: [2, 1],
        o: { p: { q: 'r' } },
        null_claim: null,
        half: 0.5,
        list_with_null: [null],
      },
    },
    action: 'g',
    expected: { permit: ['claims-of-all-kinds'] },
  },
]
