import { expect, it } from 'vitest'
import { cedarDecisionPoint, decimal, entity, ipaddr } from '../src/index.js'
import { withoutValues } from '../src/without-values.js'
import { asking, policies, schema } from './support/shop.js'

it.each([
  ['User::"it\'s \\"top\\" secret" was', 'User::"…" was'],
  ["Value 'it's secret' at 'principal.entityId' failed", "Value '…' failed"],
  ["isn't valid, and doesn't say why", "isn't valid, and doesn't say why"],
  ['`{"a": {secret: true}}`, `Shop::Order::"7"`, `total`', '`…`, `Shop::Order::"…"`, `total`'],
  ['attribute `top secret` on `Shop::Order`', 'attribute `…` on `Shop::Order`'],
  ['invalid IP address: fe80::secret; next', 'invalid IP address: …; next'],
  ['Invalid input: secret', 'Invalid input: …'],
  ['of eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9abc.sig is 4711', 'of … is …'],
])('%j is told as %j', (message, told) => {
  expect(withoutValues(message)).toBe(told)
})

it('what Cedar refuses is named without what stood there, names within claims among it', async () => {
  const shop = cedarDecisionPoint({ policies, schema, namespace: 'Shop' })
  const open = cedarDecisionPoint({ policies: 'permit(principal, action, resource);' })
  const owner = entity('User', 'x')
  const order = (attributes: object) => ({ type: 'Order', id: 'secret', attributes })
  const fine = order({ owner, total: decimal('1.00') })
  const decisions = [
    shop.decide(asking({ resource: fine, claims: { client_id: { secret: { secret2: ['secret'] } } } })),
    shop.decide(asking({ resource: order({ owner, total: decimal('1.00'), note: { secret: true } }) })),
    shop.decide(asking({ resource: order({ owner: "it's `secret` \" \\ '", total: decimal('1.00') }) })),
    shop.decide(asking({ resource: order({ owner, total: ["it's secret"] }) })),
    shop.decide(asking({ resource: order({ owner, total: decimal('1.00'), 'se-cret': 1 }) })),
    open.decide(asking({ context: { from: ipaddr('fe:::ec') } })),
  ]
  for (const decision of await Promise.all(decisions)) {
    expect(decision).toMatchObject({ decision: 'error', reason: 'request-data' })
    expect(String((decision as { cause: unknown }).cause)).not.toMatch(/secret|se-cret|fe:::|:ec/)
  }
})
