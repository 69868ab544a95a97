import assert from 'node:assert/strict'
import { type CaseDefinition, alone, shared } from '../conformance-case.js'
import {
  challengeIn,
  expectNotStored,
  expectRefused,
  expectUnavailable,
  INVALID_REQUEST,
  INVALID_TOKEN,
  jsonIn,
  NO_CREDENTIALS,
  NOT_ALLOWED,
  type Refusal,
} from '../expectations.js'
import type { WireResponse } from '../wire-request.js'
import type { World } from '../world.js'

/** One refusal of each kind, with the scopes the client is told to need. */
async function refusals({
  send,
  userToken,
  users,
}: World): Promise<readonly { readonly refusal: Refusal; readonly scope?: string; readonly response: WireResponse }[]> {
  return [
    { refusal: NO_CREDENTIALS, response: await send('orders') },
    { refusal: INVALID_REQUEST, response: await send('orders', { headers: [['authorization', 'Bearer']] }) },
    { refusal: INVALID_TOKEN, response: await send('orders', { token: await users.forged.wrongKey() }) },
    {
      refusal: NOT_ALLOWED,
      scope: 'orders/read',
      response: await send('orders', { token: await users.accessToken() }),
    },
    { refusal: NOT_ALLOWED, response: await send('staff', { token: await userToken() }) },
  ]
}

/** What clients are told (RFC 6750 §3), and what they are not. */
export const answers = {
  'challenge-of-each-refusal': shared(
    'a refusal has one Bearer challenge with the realm, and a code with a description unless there were no credentials',
    async (world) => {
      for (const { refusal, response } of await refusals(world)) {
        expectRefused(response, refusal)
        const { scheme, parameters } = challengeIn(response)
        assert.equal(scheme, 'Bearer')
        assert.equal(parameters['realm'], world.app.realm)
        assert.equal(Object.hasOwn(parameters, 'error'), refusal.error !== undefined)
        assert.equal(parameters['error_description'] !== undefined, refusal.error !== undefined)
        assert.notEqual(parameters['error_description'], '')
      }
    },
  ),
  'challenge-scope-only-when-missing': shared(
    'a challenge names scopes where one is missing, and nowhere else',
    async (world) => {
      for (const { scope, response } of await refusals(world)) {
        assert.equal(challengeIn(response).parameters['scope'], scope)
      }
    },
  ),
  'body-of-each-refusal': shared(
    'the body of a refusal is JSON, with the code and the description of its challenge and nothing else',
    async (world) => {
      for (const { refusal, response } of await refusals(world)) {
        const { error_description: description, ...others } = jsonIn(response)
        assert.deepEqual(others, refusal.error === undefined ? {} : { error: refusal.error })
        const told = challengeIn(response).parameters['error_description']
        assert.ok(typeof description === 'string' && description !== '')
        if (refusal.error !== undefined) assert.equal(description, told)
      }
    },
  ),
  'refusals-are-not-stored': shared('no cache may keep a refusal', async (world) => {
    for (const { response } of await refusals(world)) expectNotStored(response)
  }),
  'refusals-give-no-reason': shared(
    'the answer to a bad token does not say which check it failed',
    async ({ users, send }) => {
      const { wrongKey, tampered, algNone, hs256WithPublicKey, idToken, otherClient, otherPool, critical } =
        users.forged
      const forged = [wrongKey, tampered, algNone, hs256WithPublicKey, idToken, otherClient, otherPool, critical]
      const told = new Set<string>()
      for (const forge of forged) {
        const response = await send('orders', { token: await forge({ scopes: ['orders/read'] }) })
        expectRefused(response, INVALID_TOKEN)
        told.add(`${response.headers.get('www-authenticate')}\n${response.body}`)
      }
      assert.equal(told.size, 1, `one answer for all of them: ${[...told].join('\n\n')}`)
      // Codes for operators are words joined by hyphens; none of these has one.
      for (const text of told) assert.doesNotMatch(text, /[a-z]-[a-z]/)
    },
  ),
  'refusals-repeat-no-token': shared('no part of the token, and nothing it says, is in the answer', async (world) => {
    const sub = 'subject-of-a-secret-token'
    const tokens = [
      await world.users.forged.wrongKey({ sub, scopes: ['orders/read'] }),
      await world.users.forged.expired({ sub, scopes: ['orders/read'] }),
      await world.users.accessToken({ sub }),
    ]
    for (const token of tokens) {
      const response = await world.send('orders', { token })
      const text = [...response.headers].flat().concat(response.body).join('\n')
      for (const part of [...token.split('.'), sub, world.users.userPoolId]) assert.ok(!text.includes(part))
    }
  }),
  'expired-token-is-told': shared(
    'a client is told that its token expired, so that it gets a new one',
    async (world) => {
      const response = await world.send('orders', { token: await world.users.forged.expired() })
      expectRefused(response, INVALID_TOKEN)
      assert.match(challengeIn(response).parameters['error_description'] ?? '', /expired/i)
    },
  ),
  'unavailable-names-no-client': alone(
    'where a token could not be checked there is no challenge: a client must not give its token up',
    async (world) => {
      assert.equal((await whileKeysAreAway(world)).headers.get('www-authenticate'), null)
    },
  ),
  'unavailable-says-when': alone(
    'where a token could not be checked the client is told when to try again',
    async (world) => {
      assert.match((await whileKeysAreAway(world)).headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    },
  ),
  'unavailable-is-not-stored': alone(
    'no cache may keep the answer that a token could not be checked',
    async (world) => {
      expectNotStored(await whileKeysAreAway(world))
    },
  ),
  'body-of-unavailability': alone(
    'where a token could not be checked the body is JSON with a description and nothing else',
    async (world) => {
      const { error_description: description, ...others } = jsonIn(await whileKeysAreAway(world))
      assert.deepEqual(others, {})
      assert.ok(typeof description === 'string' && !/[a-z]-[a-z]/.test(description))
    },
  ),
} satisfies Record<string, CaseDefinition>

async function whileKeysAreAway({ users, userToken, send, rotateKeys }: World): Promise<WireResponse> {
  await rotateKeys()
  users.jwks.fail()
  const response = await send('orders', { token: await userToken() })
  expectUnavailable(response)
  return response
}
