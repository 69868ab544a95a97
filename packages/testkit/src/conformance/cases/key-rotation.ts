import { alone, type CaseDefinition } from '../conformance-case.js'
import { expectGranted, expectRefused, INVALID_TOKEN } from '../expectations.js'

/** Issuers change their keys unannounced. */
export const keyRotation = {
  'rotation-new-key': alone(
    'a token signed with a new key is accepted at once',
    async ({ send, userToken, rotateKeys }) => {
      expectGranted(await send('orders', { token: await userToken() }), 'orders')
      await rotateKeys()
      expectGranted(await send('orders', { token: await userToken() }), 'orders')
    },
  ),
  'rotation-old-key': alone('a token of the key before is good while that is published', async (world) => {
    const { send, userToken, rotateKeys } = world
    const before = await userToken()
    expectGranted(await send('orders', { token: before }), 'orders')
    await rotateKeys({ keepOld: true })
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    expectGranted(await send('orders', { token: before }), 'orders')
  }),
  'rotation-withdrawn-key': alone('a token of a key that was withdrawn is refused', async (world) => {
    const { send, userToken, rotateKeys, advance } = world
    const before = await userToken()
    expectGranted(await send('orders', { token: before }), 'orders')
    await rotateKeys({ keepOld: false })
    expectGranted(await send('orders', { token: await userToken() }), 'orders')
    await advance('10s')
    expectRefused(await send('orders', { token: before }), INVALID_TOKEN)
  }),
  'rotation-of-each-issuer': alone(
    'keys of the other issuer are looked up, too',
    async ({ send, partners, rotateKeys }) => {
      expectGranted(await send('any', { token: await partners.accessToken() }), 'any')
      await rotateKeys()
      expectGranted(await send('any', { token: await partners.accessToken() }), 'any')
    },
  ),
} satisfies Record<string, CaseDefinition>
