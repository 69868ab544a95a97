import { randomBytes } from 'node:crypto'
import { fakeCognito, type EndpointControl } from '@tokenward/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  clientSecretBasic,
  createResourceServer,
  type Outcome,
  type ResourceServer,
  type TokenwardEvent,
} from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { heapInUse } from '../support/heap.js'
import { introspectedApi } from '../support/introspected-api.js'
import { json, loopbackServer } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'
import { withToken } from '../support/test-issuer.js'

/** One token, whoever issued it, and how it is revoked. */
interface Live {
  readonly api: ResourceServer
  readonly endpoint: EndpointControl
  readonly token: string
  revoke(): Promise<void>
}

const atAuthorizationServer = (kind: 'accessToken' | 'opaqueToken') => async (): Promise<Live> => {
  const { server, api } = await introspectedApi()
  const token = await server[kind]()
  return { api, endpoint: server.introspection, token, revoke: () => server.revoke(token) }
}

async function atCognito(): Promise<Live> {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const { url } = await pool.serve()
  const api = cognitoApi(pool, { endpoint: url, allowInsecureLoopback: true }, { fetch: undefined })
  const token = await pool.accessToken()
  return { api, endpoint: pool.getUser, token, revoke: () => pool.revoke(token) }
}

describe.each([
  ['introspection of an opaque token', atAuthorizationServer('opaqueToken')],
  ['introspection of a JWT', atAuthorizationServer('accessToken')],
  ['GetUser', atCognito],
] as const)('a thousand requests with one token on a route without lag, over %s', (_, live) => {
  const countOf = (outcomes: readonly Outcome[], outcome: Outcome['outcome']) =>
    outcomes.filter((one) => one.outcome === outcome).length

  it('make at most two calls', async () => {
    const { api, endpoint, token } = await live()
    await api.ready()
    endpoint.slow('500ms')
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () => api.authorize(withToken(token), { maxRevocationLag: '0s' })),
    )
    expect(countOf(outcomes, 'granted')).toBe(1_000)
    expect(endpoint.hits).toBeLessThanOrEqual(2)
  })

  it('are never decided by a call that began before they came', async () => {
    const { api, endpoint, token, revoke } = await live()
    await api.ready()
    endpoint.slow('500ms')
    const decide = () => api.authorize(withToken(token), { maxRevocationLag: '0s' })
    const first = decide()
    // Its answer was decided when the call arrived there, and is on its way back.
    await expect.poll(() => endpoint.hits, { interval: 1 }).toBe(1)
    await revoke()
    const after = Array.from({ length: 999 }, decide)
    expect(await first).toMatchObject({ outcome: 'granted' })
    expect(countOf(await Promise.all(after), 'refused')).toBe(999)
    expect(endpoint.hits).toBe(2)
  })

  it('that fail together, fail by their own call', async () => {
    const { api, endpoint, token } = await live()
    await api.ready()
    endpoint.fail({ times: 1 })
    const first = api.authorize(withToken(token), { maxRevocationLag: '0s' })
    await expect.poll(() => endpoint.hits, { interval: 1 }).toBe(1)
    const after = Array.from({ length: 999 }, () => api.authorize(withToken(token), { maxRevocationLag: '0s' }))
    expect(await first).toMatchObject({ status: 503 })
    expect(countOf(await Promise.all(after), 'granted')).toBe(999)
    // Whoever is so late that the second has ended makes another.
    expect(endpoint.hits).toBeLessThan(10)
  })
})

/** An introspection endpoint that counts who is inside, and knows of some tokens. */
async function countingEndpoint({ delay = 0, maxConcurrency = 100 } = {}) {
  const known = new Set<string>()
  const inside = { now: 0, most: 0, calls: 0, delay }
  const endpoint = await loopbackServer(async (request, response) => {
    inside.now += 1
    inside.calls += 1
    inside.most = Math.max(inside.most, inside.now)
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    if (inside.delay > 0) await new Promise((resolve) => setTimeout(resolve, inside.delay))
    inside.now -= 1
    const active = known.has(new URLSearchParams(body).get('token') ?? '')
    json(active ? { active, sub: 'u1', exp: 9e9, iat: Math.floor(Date.now() / 1_000) - 60 } : { active })(
      request,
      response,
    )
  })
  const clock = manualClock()
  const events: TokenwardEvent[] = []
  const issuer = authorizationServer({
    issuer: endpoint.url,
    audience: null,
    opaqueTokens: true,
    allowInsecureLoopback: true,
    // A flood that this process makes itself holds it up.
    timeout: '30s',
    introspection: { endpoint: endpoint.url, clientAuthentication: clientSecretBasic('a', 'b'), maxConcurrency },
  })
  const api = createResourceServer({
    issuers: [issuer],
    clock,
    onEvent: (event) => events.push(event),
    maxRememberedTokens: 100,
  })
  onTestFinished(() => api.close())
  const forget = () => {
    events.length = 0
    ;(endpoint.requests as unknown[]).length = 0
  }
  return { api, clock, events, inside, known, forget }
}

const madeUp = (bytes = 32) => randomBytes(bytes).toString('base64url')

describe('ten thousand made-up tokens', () => {
  it('that come at once take a quarter of the calls that may be made, and the rest are 503', async () => {
    const { api, inside, known, events } = await countingEndpoint({ delay: 50, maxConcurrency: 40 })
    known.add('real')
    expect(await api.authorize(withToken('real'))).toMatchObject({ outcome: 'granted' })
    const flood = Array.from({ length: 10_000 }, () => api.authorize(withToken(madeUp())))
    const real = Array.from({ length: 50 }, () => api.authorize(withToken('real'), { maxRevocationLag: '0s' }))
    // Known to be one of the issuer's, it has the room that the flood may not take.
    expect((await Promise.all(real)).map(({ outcome }) => outcome)).toStrictEqual(Array(50).fill('granted'))
    const statuses = (await Promise.all(flood)).map((outcome) => (outcome as { status?: number }).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 503)).toHaveLength(9_990)
    expect(inside.most).toBeLessThanOrEqual(12)
    expect(events.filter(({ type }) => type === 'live-check-failed')).toMatchObject(
      Array.from({ length: 9_990 }, () => ({ reason: 'call-limited' })),
    )
  })

  it('are not remembered but for a few, whatever their length', async () => {
    const { api, inside, forget } = await countingEndpoint()
    const heapAfter = async (tokens: number) => {
      for (let sent = 0; sent < tokens; sent += 25) {
        const wave = Array.from({ length: 25 }, () => api.authorize(withToken(madeUp(8_000))))
        expect((await Promise.all(wave)).every((outcome) => outcome.outcome === 'refused')).toBe(true)
      }
      // What the test itself keeps is not in question.
      forget()
      return heapInUse()
    }
    const before = await heapAfter(500)
    const after = await heapAfter(9_500)
    expect(inside.calls).toBe(10_000)
    // Their text alone is more than a hundred megabytes.
    expect((after - before) / 1e6).toBeLessThan(20)
  })

  it('do not make anybody forget that a real one was revoked', async () => {
    const { api, known, clock } = await countingEndpoint()
    known.add('real')
    expect(await api.authorize(withToken('real'))).toMatchObject({ outcome: 'granted' })
    known.delete('real')
    expect(await api.authorize(withToken('real'), { maxRevocationLag: '0s' })).toMatchObject({ status: 401 })
    for (let wave = 0; wave < 40; wave++) {
      await Promise.all(Array.from({ length: 25 }, () => api.authorize(withToken(madeUp()))))
    }
    clock.advance(3_600_000)
    // Even if the server should have changed its mind.
    known.add('real')
    expect(await api.authorize(withToken('real'))).toMatchObject({ status: 401, reason: 'token-revoked' })
  })
})
