import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { createTokenRevocationWatch } from '../../src/cognito/token-revocation-off.js'
import type { CognitoUserPoolOptions } from '../../src/cognito/index.js'
import type { TokenwardEvent } from '../../src/index.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { cognitoApi } from '../support/cognito-api.js'
import { userFacts } from '../support/cognito-server.js'
import { manualClock } from '../support/manual-clock.js'
import { withToken } from '../support/test-issuer.js'

/** A server for a fake pool, and which clients it reported. */
async function setUp(changed: Partial<CognitoUserPoolOptions> = {}) {
  const pool = await fakeCognito({ clients: ['web', 'mobile'], resourceServers: { orders: ['read'] } })
  const reported: unknown[] = []
  const api = cognitoApi(
    pool,
    { clientId: null, ...changed },
    {
      onEvent(event) {
        if (event.type === 'token-revocation-off') reported.push(event)
      },
    },
  )
  return { pool, api, reported }
}

/** A claim that the testkit is told to leave out. */
const without = { origin_jti: undefined } as never

describe('a token whose login cannot be revoked', () => {
  it('is reported once, with its client', async () => {
    const { pool, api, reported } = await setUp()
    await api.verify(await pool.accessToken())
    expect(reported).toStrictEqual([])
    await api.verify(await pool.accessToken({ clientId: 'mobile', claims: without }))
    await api.verify(await pool.accessToken({ claims: without }))
    expect(reported).toStrictEqual([
      { type: 'token-revocation-off', at: expect.any(Number), issuer: pool.issuer, clientId: 'mobile' },
    ])
  })

  it('is let in all the same', async () => {
    const { pool, api } = await setUp()
    const token = await pool.accessToken({ claims: without })
    expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
  })

  it('is reported for ID tokens, too', async () => {
    const { pool, api, reported } = await setUp({ tokenUse: 'id' })
    await api.verify(await pool.idToken())
    expect(reported).toHaveLength(0)
    await api.verify(await pool.idToken({ claims: without }))
    expect(reported).toHaveLength(1)
  })

  it('is not the token of a machine, which has no login', async () => {
    const { pool, api, reported } = await setUp()
    await api.verify(await pool.m2mToken())
    expect(reported).toStrictEqual([])
  })

  it('is none that somebody made up', async () => {
    const { pool, api, reported } = await setUp()
    const token = await pool.accessToken({ claims: without })
    expect(await api.authorize(withToken(`${token.slice(0, -8)}AAAAAAAA`))).toMatchObject({ outcome: 'refused' })
    expect(reported).toStrictEqual([])
  })
})

describe('one server', () => {
  function setUpWatch() {
    const events: TokenwardEvent[] = []
    const watch = createTokenRevocationWatch()
    const validatorOf = (facts: TokenFacts) => ({
      validate: async () => ({ facts, header: {} as never, key: {} as never, notBefore: undefined }),
      stillHolds: () => true,
      hasKey: () => true,
      factsOfClaims: () => facts,
    })
    const context = () => ({ clock: manualClock(0), emit: (event: TokenwardEvent) => events.push(event) })
    const off = userFacts({ claims: { origin_jti: undefined } })
    return { events, watch, context, off, validatorOf }
  }

  it('is told once for both issuers of a pool, and another server as well', async () => {
    const { events, watch, context, off, validatorOf } = setUpWatch()
    const [one, other] = [context(), context()]
    for (const server of [one, one, other]) await watch(validatorOf(off), server).validate({} as never, {} as never)
    expect(events).toHaveLength(2)
  })

  it.each<[string, Partial<Parameters<typeof userFacts>[0]>, number]>([
    ['a user name', { subject: 'web' }, 1],
    ['the user name of an ID token', { subject: 'web', claims: { 'cognito:username': 'u', username: undefined } }, 1],
    ['a subject that is not the client', { claims: { username: undefined } }, 1],
    ['none of them', { subject: 'web', claims: { username: undefined } }, 0],
  ])('knows a user by %s', async (_, facts, reports) => {
    const { events, watch, context, validatorOf } = setUpWatch()
    const validator = validatorOf(userFacts({ ...facts, claims: { origin_jti: undefined, ...facts?.claims } }))
    await watch(validator, context()).validate({} as never, {} as never)
    expect(events).toHaveLength(reports)
  })
})
