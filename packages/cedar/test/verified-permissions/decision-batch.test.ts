import { VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions'
import { createResourceServer, type DecisionRequest } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import { fakeVerifiedPermissions } from '@tokenward/testkit/verified-permissions'
import { expect, it, onTestFinished } from 'vitest'
import { verifiedPermissionsDecisionPoint } from '../../src/verified-permissions/index.js'
import { asking } from '../support/shop.js'

const policies = `
@id("even") permit(principal, action, resource) when { resource has even && resource.even };
@id("mfa") permit(principal, action, resource) when { context has mfa && context.mfa };`

async function batching(options: { batch?: boolean; identitySource?: string } = {}, source?: object) {
  const store = await fakeVerifiedPermissions({
    policies,
    validation: 'OFF',
    ...(source && {
      identitySource: { ...source, principalEntityType: 'User', groupEntityType: 'UserGroup' } as never,
    }),
  })
  const { url } = await store.serve()
  const { region, credentials, policyStoreId } = store
  const client = new VerifiedPermissionsClient({ region, credentials, endpoint: url, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    await store.close()
  })
  const point = verifiedPermissionsDecisionPoint({
    policyStoreId,
    client,
    tokenClaims: ['scope'],
    batch: true,
    ...options,
  })
  const decide = async (request: DecisionRequest, signal = new AbortController().signal) =>
    point.decide(request, { signal })
  return { store, decide, point }
}

const about = (index: number, more: object = {}) =>
  asking({ resource: { type: 'Order', id: `${index}`, attributes: { even: index % 2 === 0 } }, ...more })
const decisions = (answers: readonly { decision: string }[]) => answers.map(({ decision }) => decision)
const hits = ({
  isAuthorized,
  batchIsAuthorized,
}: {
  isAuthorized: { hits: number }
  batchIsAuthorized: { hits: number }
}) => [isAuthorized.hits, batchIsAuthorized.hits]

it('decisions about one principal that are asked for at once are one call, each with its answer', async () => {
  const { store, decide } = await batching()
  const answers = await Promise.all([0, 1, 2, 3].map((index) => decide(about(index))))
  expect(decisions(answers)).toStrictEqual(['permit', 'deny', 'permit', 'deny'])
  expect(hits(store)).toStrictEqual([0, 1])
  const body = JSON.parse(store.batchIsAuthorized.requests[0]?.body ?? '') as Record<string, readonly unknown[]>
  expect(body['requests']?.[1]).toStrictEqual({
    principal: { entityType: 'User', entityId: 'eu-west-1_AbCdEf123|u1' },
    action: { actionType: 'Action', actionId: 'read' },
    resource: { entityType: 'Order', entityId: '1' },
    context: {
      contextMap: { token: { record: { scope: { set: [{ string: 'orders/read' }, { string: 'openid' }] } } } },
    },
  })
})

it('without the option each is a call of its own', async () => {
  const { store, decide } = await batching({ batch: false })
  await Promise.all([0, 1, 2].map((index) => decide(about(index))))
  expect(hits(store)).toStrictEqual([3, 0])
})

it('one that is alone is a single call, which is cheaper', async () => {
  const { store, decide } = await batching()
  expect(await decide(about(0))).toMatchObject({ decision: 'permit' })
  expect(hits(store)).toStrictEqual([1, 0])
})

it('one principal does not go with another', async () => {
  const { store, decide } = await batching()
  await Promise.all([
    decide(about(0)),
    decide(about(1)),
    decide(about(0, { sub: 'u2' })),
    decide(about(1, { sub: 'u2' })),
  ])
  expect(hits(store)).toStrictEqual([0, 2])
})

it('no more than thirty are in a call', async () => {
  const { store, decide } = await batching()
  const answers = await Promise.all(Array.from({ length: 61 }, (_, index) => decide(about(index))))
  expect(decisions(answers)).toStrictEqual(
    Array.from({ length: 61 }, (_, index) => (index % 2 === 0 ? 'permit' : 'deny')),
  )
  expect(hits(store)).toStrictEqual([1, 2])
})

it('what says something else of an entity goes in another call', async () => {
  const { store, decide } = await batching()
  const order = (even: boolean) => asking({ resource: { type: 'Order', id: '7', attributes: { even } } })
  const answers = await Promise.all([decide(order(true)), decide(order(false)), decide(order(true)), decide(about(1))])
  expect(decisions(answers)).toStrictEqual(['permit', 'deny', 'permit', 'deny'])
  expect(store.batchIsAuthorized.hits + store.isAuthorized.hits).toBe(3)
})

it('what would make a call too large goes in another', async () => {
  const { store, decide } = await batching()
  const large = (index: number) =>
    asking({ context: { mfa: true, text: 'x'.repeat(400_000) }, resource: { type: 'Order', id: `${index}` } })
  const answers = await Promise.all([0, 1, 2].map((index) => decide(large(index))))
  expect(decisions(answers)).toStrictEqual(['permit', 'permit', 'permit'])
  expect(hits(store)).toStrictEqual([1, 1])
})

it('decisions about one token are one call with the token', async () => {
  const pool = await fakeCognito({ clients: ['web'] })
  const { store, point } = await batching({ identitySource: pool.issuer }, { pool })
  const api = createResourceServer({
    issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
    fetch: pool.fetch,
    decisionPoint: point,
  })
  const token = await pool.accessToken({ sub: 'u1' })
  const presented = await api.present({
    method: 'GET',
    url: 'https://a/',
    headers: { authorization: `Bearer ${token}` },
  })
  const policy = (index: number) => ({
    action: 'read',
    resource: { type: 'Order', id: `${index}`, attributes: { even: index % 2 === 0 } },
  })
  const outcomes = await Promise.all([0, 1, 2].map((index) => presented.authorize(policy(index))))
  expect(outcomes.map(({ outcome }) => outcome)).toStrictEqual(['granted', 'refused', 'granted'])
  expect([store.isAuthorizedWithToken.hits, store.batchIsAuthorizedWithToken.hits]).toStrictEqual([0, 1])
  const { accessToken, requests, ...rest } = JSON.parse(
    store.batchIsAuthorizedWithToken.requests[0]?.body ?? '',
  ) as Record<string, unknown>
  expect(accessToken).toBe(token)
  expect(requests).toStrictEqual(
    ['0', '1', '2'].map((entityId) => ({
      action: { actionType: 'Action', actionId: 'read' },
      resource: { entityType: 'Order', entityId },
    })),
  )
  expect(rest).toStrictEqual({
    policyStoreId: store.policyStoreId,
    entities: {
      entityList: ['0', '1', '2'].map((entityId) => ({
        identifier: { entityType: 'Order', entityId },
        attributes: { even: { boolean: entityId !== '1' } },
      })),
    },
  })
  await api.close()
  await pool.close()
})

it('a fault of the call is one of each decision in it', async () => {
  const { store, decide } = await batching()
  store.batchIsAuthorized.throttle()
  const answers = await Promise.all([decide(about(0)), decide(about(1))])
  for (const answer of answers) expect(answer).toMatchObject({ decision: 'error', reason: 'unavailable' })
})

it('an answer that belongs to another request, or is missing, decides nothing', async () => {
  const { store, decide } = await batching()
  const result = (entityId: string) => ({
    request: { action: { actionType: 'Action', actionId: 'read' }, resource: { entityType: 'Order', entityId } },
    decision: 'ALLOW',
    determiningPolicies: [],
    errors: [],
  })
  const body = JSON.stringify({ results: [result('1'), result('1')] })
  store.batchIsAuthorized.garbage({ body, contentType: 'application/x-amz-json-1.0' })
  const answers = await Promise.all([0, 1, 2].map((index) => decide(about(index))))
  expect(decisions(answers)).toStrictEqual(['error', 'permit', 'error'])
})

it('one that gives up leaves the call to the others; when all give up, so does the call', async () => {
  const { store, decide } = await batching()
  const [first, second] = [new AbortController(), new AbortController()]
  store.batchIsAuthorized.slow('400ms', { times: 1 })
  const deciding = [decide(about(0), first.signal), decide(about(2), second.signal)] as const
  while (store.batchIsAuthorized.hits === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  first.abort()
  expect(await deciding[1]).toMatchObject({ decision: 'permit' })

  store.batchIsAuthorized.hang()
  const [third, fourth] = [new AbortController(), new AbortController()]
  const hanging = Promise.all([decide(about(0), third.signal), decide(about(2), fourth.signal)])
  while (store.batchIsAuthorized.hits === 1) await new Promise((resolve) => setTimeout(resolve, 5))
  third.abort()
  fourth.abort()
  for (const answer of await hanging) expect(answer).toMatchObject({ decision: 'error', reason: 'unavailable' })

  const gone = new AbortController()
  const pending = decide(about(0), gone.signal)
  gone.abort()
  expect(await pending).toMatchObject({ decision: 'error', reason: 'unavailable' })
  expect(store.isAuthorized.hits).toBe(0)
})
