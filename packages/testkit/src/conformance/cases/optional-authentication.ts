import { alone, type CaseDefinition, shared } from '../conformance-case.js'
import {
  expectAnonymous,
  expectGranted,
  expectRefused,
  expectUnavailable,
  INVALID_REQUEST,
  INVALID_TOKEN,
} from '../expectations.js'

/** Routes that let anybody in, and know who it is where somebody says so. */
export const optionalAuthentication = {
  'optional-without-credentials': shared(
    'an optional route lets a request without credentials in',
    async ({ send }) => {
      expectAnonymous(await send('optional'), 'optional')
      expectAnonymous(await send('optional', { headers: [['authorization', 'Basic dXNlcjpwYXNz']] }), 'optional')
    },
  ),
  'optional-with-token': shared('an optional route gets the principal of a good token', async ({ send, userToken }) => {
    expectGranted(await send('optional', { token: await userToken() }), 'optional')
  }),
  'optional-with-bad-token': shared('an optional route refuses a bad token rather than to ignore it', async (world) => {
    const { send, users } = world
    for (const forge of [users.forged.wrongKey, users.forged.expired, users.forged.senderConstrained]) {
      expectRefused(await send('optional', { token: await forge() }), INVALID_TOKEN)
    }
  }),
  'optional-malformed': shared('an optional route refuses a malformed request', async ({ send, userToken }) => {
    const token = await userToken()
    for (const value of ['Bearer', `Bearer ${token}, Bearer ${token}`]) {
      expectRefused(await send('optional', { headers: [['authorization', value]] }), INVALID_REQUEST)
    }
  }),
  'optional-outage': alone('an optional route takes nobody for anonymous because of an outage', async (world) => {
    const { send, userToken, users } = world
    await world.rotateKeys()
    const token = await userToken()
    users.jwks.fail()
    expectUnavailable(await send('optional', { token }))
    users.jwks.recover()
    await world.advance('10s')
    users.getUser.fail()
    expectUnavailable(await send('optional-live', { token }))
    expectAnonymous(await send('optional-live'), 'optional-live')
  }),
} satisfies Record<string, CaseDefinition>
