import { VerifiedPermissionsClient, type VerifiedPermissionsClientConfig } from '@aws-sdk/client-verifiedpermissions'
import type { DecisionRequest } from '@tokenward/core'
import { fakeVerifiedPermissions } from '@tokenward/testkit/verified-permissions'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  VerifiedPermissionsError,
  verifiedPermissionsDecisionPoint,
  type VerifiedPermissionsDecisionPointOptions,
} from '../../src/verified-permissions/index.js'
import { asking, ISSUER, policies, schema } from '../support/shop.js'

const tokenClaims = ['scope', 'client_id']

async function remote(
  options: Partial<VerifiedPermissionsDecisionPointOptions> = {},
  config: Partial<VerifiedPermissionsClientConfig> = {},
) {
  const store = await fakeVerifiedPermissions({ policies, schema })
  const { url } = await store.serve()
  const { region, credentials, policyStoreId } = store
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint: url, maxAttempts: 1, ...config })
  onTestFinished(async () => {
    client.destroy()
    await store.close()
  })
  const point = verifiedPermissionsDecisionPoint({ policyStoreId, client, namespace: 'Shop', tokenClaims, ...options })
  const decide = async (request: DecisionRequest, signal = new AbortController().signal) =>
    point.decide(request, { signal })
  return { store, decide, point }
}

const list = () => asking({ action: 'list' })
const undecidedBy = (reason: string, exception: string, status?: number) => ({
  decision: 'error',
  reason,
  cause: expect.objectContaining({ name: 'VerifiedPermissionsError', exception, ...(status && { status }) }),
})

it('names the policies of the store that determine a decision', async () => {
  const { store, decide } = await remote()
  const { policyId } = store.policies().find(({ name }) => name === 'readers-list') as { policyId: string }
  expect(await decide(list())).toStrictEqual({ decision: 'permit', determiningPolicies: [policyId], policyErrors: [] })
  expect(await decide(asking({ action: 'list', claims: { scope: 'openid' } }))).toStrictEqual({
    decision: 'deny',
    determiningPolicies: [],
    policyErrors: [],
  })
})

it('scopes that a live check took away are not among those the store sees', async () => {
  const { store, decide } = await remote({ identitySource: ISSUER })
  const claims = { scope: 'orders/read openid' }
  expect(await decide(asking({ action: 'list', claims, scopes: ['openid'] }))).toMatchObject({ decision: 'deny' })
  // With the token the store would have read them there.
  expect([store.isAuthorizedWithToken.hits, store.isAuthorized.hits]).toStrictEqual([0, 1])
})

describe('is unavailable', () => {
  it('when the store asks for fewer calls', async () => {
    const { store, decide } = await remote()
    store.isAuthorized.throttle()
    expect(await decide(list())).toMatchObject(undecidedBy('unavailable', 'ThrottlingException', 400))
    store.isAuthorized.throttle({ status: 429 })
    expect(await decide(list())).toMatchObject(undecidedBy('unavailable', 'ThrottlingException', 429))
    store.isAuthorized.recover()
    expect(await decide(list())).toMatchObject({ decision: 'permit' })
  })

  it('when the service fails, with or without a name for it', async () => {
    const { store, decide } = await remote()
    store.isAuthorized.fail({ status: 500 })
    expect(await decide(list())).toMatchObject(undecidedBy('unavailable', 'InternalServerException', 500))
    store.isAuthorized.fail({ status: 503, error: 'ServiceUnavailable' })
    expect(await decide(list())).toMatchObject(undecidedBy('unavailable', 'ServiceUnavailable', 503))
  })

  it('when nobody answers', async () => {
    const { store, decide } = await remote()
    store.isAuthorized.drop()
    expect(await decide(list())).toMatchObject({ decision: 'error', reason: 'unavailable' })
    await store.close()
    expect(await decide(list())).toMatchObject({ decision: 'error', reason: 'unavailable' })
  })

  it('when the answer is none', async () => {
    const { store, decide } = await remote()
    for (const body of ['{}', '{"decision":"allow"}', '{"decision":true}', '{"decision":"ALLO']) {
      store.isAuthorized.garbage({ body, contentType: 'application/x-amz-json-1.0' })
      expect(await decide(list()), body).toMatchObject({ decision: 'error', reason: 'unavailable' })
    }
  })

  it('when the time is up, and the call is given up', async () => {
    const { store, decide } = await remote()
    store.isAuthorized.hang()
    const controller = new AbortController()
    const deciding = decide(list(), controller.signal)
    while (store.isAuthorized.hits === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    controller.abort()
    expect(await deciding).toMatchObject({ decision: 'error', reason: 'unavailable' })
  })

  it('once the client has tried as often as it is told to', async () => {
    const { store, decide } = await remote({}, { maxAttempts: 3 })
    store.isAuthorized.throttle({ times: 2 })
    expect(await decide(list())).toMatchObject({ decision: 'permit' })
    expect(store.isAuthorized.hits).toBe(3)
  })
})

describe('has to be mended', () => {
  it('when the role may not ask', async () => {
    const { store, decide } = await remote()
    store.isAuthorized.fail({ status: 400, error: 'AccessDeniedException' })
    expect(await decide(list())).toMatchObject(undecidedBy('configuration', 'AccessDeniedException', 400))
    store.isAuthorized.fail({ status: 403, error: 'InvalidSignatureException' })
    expect(await decide(list())).toMatchObject(undecidedBy('configuration', 'InvalidSignatureException', 403))
  })

  it('when there is no such store', async () => {
    const { decide } = await remote({ policyStoreId: 'PSNOTHERE' })
    expect(await decide(list())).toMatchObject(undecidedBy('configuration', 'ResourceNotFoundException'))
  })

  it('when the store finds the request invalid, and the reason quotes nothing of it', async () => {
    const { decide } = await remote({ tokenClaims: ['scope', 'client_id', 'made_up'] })
    const decision = await decide(asking({ action: 'list', claims: { made_up: 'top secret' } }))
    expect(decision).toMatchObject(undecidedBy('configuration', 'ValidationException'))
    expect(String((decision as { cause: Error }).cause)).not.toMatch(/secret|u1/)
  })

  it('when the store reads no tokens of the issuer', async () => {
    const { decide } = await remote({ identitySource: ISSUER })
    const decision = await decide(list())
    expect(decision).toMatchObject(undecidedBy('configuration', 'ValidationException'))
    expect(String((decision as { cause: Error }).cause)).toContain('no identity source')
  })

  it('when there are no credentials to sign with', async () => {
    const credentials = async () => {
      throw Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      })
    }
    const { decide } = await remote({}, { credentials })
    expect(await decide(list())).toMatchObject(undecidedBy('configuration', 'CredentialsProviderError'))
  })
})

it('names a policy that errs, and nothing of what it erred at', async () => {
  const store = await fakeVerifiedPermissions({
    policies: '@id("reads") permit(principal, action, resource) when { decimal(context.x).lessThan(decimal("1.0")) };',
  })
  const { url } = await store.serve()
  const { region, credentials, policyStoreId } = store
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint: url })
  onTestFinished(async () => {
    client.destroy()
    await store.close()
  })
  const point = verifiedPermissionsDecisionPoint({ policyStoreId, client })
  const [policy] = store.policies()
  expect(
    await point.decide(asking({ context: { x: 'top secret' } }), { signal: new AbortController().signal }),
  ).toStrictEqual({
    decision: 'deny',
    determiningPolicies: [],
    policyErrors: [policy?.policyId],
  })
})

it('an error of the store holds nothing that the service quoted', () => {
  const message = `context.note: Value 'top secret' is not "public"; 4711 eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9AAAA.c2lnbmF0dXJl`
  const error = new VerifiedPermissionsError('ValidationException', message, { status: 400 })
  expect(error.message).toBe(`ValidationException: context.note: Value '…' is not "…"; … …`)
})

it('an error of the store is one of its own class, across module formats', () => {
  const error = new VerifiedPermissionsError(
    'ValidationException',
    'value "secret" of eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1MSJ9abc.sig is 4711',
    {
      status: 400,
      requestId: 'r',
    },
  )
  expect(error.message).toBe('ValidationException: value "…" of … is …')
  expect(error).toMatchObject({ status: 400, requestId: 'r', exception: 'ValidationException' })
})

describe('options', () => {
  const client = { send: async () => ({}) } as never
  const wrong: Record<string, [given: Record<string, unknown>, message: string]> = {
    'that nobody knows': [{ cache: true }, 'cache is not an option; known options are policyStoreId'],
    'a store that is none': [{ policyStoreId: 'my store' }, 'policyStoreId must be the id of a policy store'],
    'a store that is missing': [{ policyStoreId: undefined }, 'policyStoreId must be the id'],
    'a client that is none': [{ client: {} }, 'client must be a client of @aws-sdk/client-verifiedpermissions'],
    'an identity source that is no issuer': [{ identitySource: 'eu-west-1_AbC' }, 'identitySource must be an issuer'],
    'claims that are no list': [{ tokenClaims: 'scope' }, 'tokenClaims must be a list of names'],
    'batch of another type': [{ batch: 30 }, 'batch must be true or false'],
    'entities that are groups, beside a token': [
      { identitySource: ISSUER, entities: [{ type: 'UserGroup', id: 'x' }] },
      'entities must have nothing of type UserGroup: beside a token Verified Permissions takes no groups',
    ],
  }
  it.each(Object.entries(wrong))('%s are refused', (_, [given, message]) => {
    const options = { policyStoreId: 'PSEXAMPLEabcdefg111111', client, ...given }
    expect(() => verifiedPermissionsDecisionPoint(options as VerifiedPermissionsDecisionPointOptions)).toThrow(message)
  })

  it('are explained', () => {
    const explain = (options: object) =>
      verifiedPermissionsDecisionPoint({ policyStoreId: 'policy-store-alias/shop', client, ...options }).explain?.({
        action: 'a',
        resourceType: undefined,
      })
    expect(explain({})).toBe('Amazon Verified Permissions, policy store policy-store-alias/shop, by principals')
    expect(explain({ identitySource: ISSUER })).toMatch(/by tokens of https:\/\/cognito-idp/)
  })
})
