import assert from 'node:assert/strict'
import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import { expectAnonymous, expectGranted, expectRefused, INVALID_TOKEN, NO_CREDENTIALS } from '../expectations.js'

const MANY = 40

function manyOf<T>(make: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: MANY }, (_, index) => make(index)))
}

/** Many requests at once, and one after another: nothing of one may show in another. */
export const concurrency = {
  'callers-at-once': shared('each of many requests at once gets its own caller', async ({ send, userToken }) => {
    const tokens = await manyOf((index) => userToken({ sub: `caller-${index}`, groups: [`group-${index}`] }))
    const principals = await Promise.all(
      tokens.map(async (token) => expectGranted(await send('orders', { token }), 'orders')),
    )
    for (const [index, { subject, groups, claims }] of principals.entries()) {
      assert.deepEqual([subject, groups, claims?.['sub']], [`caller-${index}`, [`group-${index}`], `caller-${index}`])
    }
  }),
  'callers-at-once-live': shared(
    'each of many requests at once gets its own caller, also where issuers are asked meanwhile',
    async ({ send, partners }) => {
      const tokens = await manyOf((index) => partners.opaqueToken({ sub: `caller-${index}` }))
      // A quarter of the calls an API makes at once may be about tokens nobody has seen yet.
      for (let from = 0; from < MANY; from += 10) {
        const some = tokens.slice(from, from + 10)
        const principals = await Promise.all(
          some.map(async (token) => expectGranted(await send('live', { token }), 'live')),
        )
        for (const [index, { subject }] of principals.entries()) assert.equal(subject, `caller-${from + index}`)
      }
    },
  ),
  'good-and-bad-at-once': shared('of many requests at once each is judged by itself', async (world) => {
    const { send, userToken, users } = world
    await manyOf(async (index) => {
      switch (index % 4) {
        case 0:
          return expectGranted(await send('optional', { token: await userToken() }), 'optional')
        case 1:
          return expectRefused(await send('optional', { token: await users.forged.wrongKey() }), INVALID_TOKEN)
        case 2:
          return expectAnonymous(await send('optional'), 'optional')
        default:
          return expectRefused(await send('orders'), NO_CREDENTIALS)
      }
    })
  }),
  'one-token-at-once': shared('many requests with one token are all let in', async (world) => {
    const token = await world.userToken()
    await manyOf(async () => expectGranted(await world.send('live', { token }), 'live'))
  }),
  'nobody-left-behind': shared('a request without a token gets nothing of the one before it', async (world) => {
    const { send, userToken } = world
    for (let round = 0; round < 3; round++) {
      expectGranted(await send('optional', { token: await userToken() }), 'optional')
      expectAnonymous(await send('optional'), 'optional')
      expectAnonymous(await send('open'), 'open')
      expectRefused(await send('orders'), NO_CREDENTIALS)
    }
  }),
  'refusal-is-not-remembered': shared('a refusal says nothing about a token that is only like it', async (world) => {
    const { send, userToken, users } = world
    const good = await userToken()
    const tampered = `${good.slice(0, -20)}${'A'.repeat(20)}`
    expectRefused(await send('orders', { token: tampered }), INVALID_TOKEN)
    expectGranted(await send('orders', { token: good }), 'orders')
    expectRefused(await send('orders', { token: tampered }), INVALID_TOKEN)
    expectRefused(await send('orders', { token: await users.forged.wrongKey() }), INVALID_TOKEN)
    expectGranted(await send('orders', { token: good }), 'orders')
  }),
  'keys-fetched-once': alone('keys are fetched once for many requests', async ({ send, userToken, users }) => {
    const before = users.jwks.hits
    await manyOf(async () => expectGranted(await send('orders', { token: await userToken() }), 'orders'))
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    // One address for each form of the issuer, and one spare.
    const fetches = users.jwks.hits - before
    assert.ok(fetches <= 3, `${fetches} fetches`)
  }),
} satisfies Record<string, CaseDefinition>
