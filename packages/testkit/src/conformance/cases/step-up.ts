import assert from 'node:assert/strict'
import { type CaseDefinition, shared } from '../conformance-case.js'
import { challengeIn, expectGranted, expectRefused, type Refusal } from '../expectations.js'
import { type RouteName } from '../routes.js'
import { issuedAgo, type World } from '../world.js'

const INSUFFICIENT_AUTHENTICATION: Refusal = { status: 401, error: 'insufficient_user_authentication' }

function stepUp(title: string, check: (world: World) => Promise<void>): CaseDefinition {
  return { ...shared(title, check), capability: 'step-up' }
}

async function expectStepUp(
  { send }: World,
  route: RouteName,
  token: string,
  told: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const response = await send(route, { token })
  expectRefused(response, INSUFFICIENT_AUTHENTICATION)
  const { acr_values: acrValues, max_age: maxAge } = challengeIn(response).parameters
  assert.deepEqual({ acrValues, maxAge }, { acrValues: undefined, maxAge: undefined, ...told })
}

/** Routes that ask for a stronger or a fresher sign-in (RFC 9470). */
export const stepUpCases = {
  'step-up-acr': stepUp('a sign-in that was not strong enough is told which would be', async (world) => {
    const acrValues = 'urn:cognito:loa:2 urn:cognito:loa:3'
    for (const claims of [{}, { acr: 'urn:cognito:loa:1' }, { acr: acrValues }]) {
      await expectStepUp(world, 'strong', await world.userToken({ claims }), { acrValues })
    }
  }),
  'step-up-acr-met': stepUp('a sign-in that was strong enough is let in', async ({ send, userToken }) => {
    for (const acr of ['urn:cognito:loa:2', 'urn:cognito:loa:3']) {
      expectGranted(await send('strong', { token: await userToken({ claims: { acr } }) }), 'strong')
    }
  }),
  'step-up-max-age': stepUp('a sign-in that is too long ago is told how recent it must be', async (world) => {
    const { auth_time } = issuedAgo(world, 600)
    for (const claims of [{ auth_time }, { auth_time: undefined }]) {
      await expectStepUp(world, 'recent-login', await world.userToken({ claims }), { maxAge: '300' })
    }
  }),
  'step-up-max-age-met': stepUp('a sign-in that is recent enough is let in', async (world) => {
    const { auth_time } = issuedAgo(world, 120)
    const token = await world.userToken({ claims: { auth_time } })
    expectGranted(await world.send('recent-login', { token }), 'recent-login')
  }),
  'step-up-both': stepUp('a sign-in that must be strong and recent is told both', async (world) => {
    const { auth_time } = issuedAgo(world, 600)
    const told = { acrValues: 'urn:cognito:loa:3', maxAge: '300' }
    const acr = 'urn:cognito:loa:3'
    await expectStepUp(world, 'strong-recent-login', await world.userToken({ claims: { auth_time } }), told)
    await expectStepUp(world, 'strong-recent-login', await world.userToken({ claims: { acr, auth_time } }), told)
    const token = await world.userToken({ claims: { acr } })
    expectGranted(await world.send('strong-recent-login', { token }), 'strong-recent-login')
  }),
  'step-up-of-a-stranger': stepUp('a bad token is told to be bad, not to step up', async ({ send, users }) => {
    const response = await send('strong', { token: await users.forged.wrongKey() })
    expectRefused(response, { status: 401, error: 'invalid_token' })
  }),
} satisfies Record<string, CaseDefinition>
