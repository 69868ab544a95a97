import { describe, expect, it } from 'vitest'
import { asPrincipal } from '../../src/testing/index.js'
import { introspectedApi } from '../support/introspected-api.js'
import { anonymous } from '../support/test-issuer.js'

const LIVE = { maxRevocationLag: '0s' } as const

async function presentedWith(options: Parameters<Awaited<ReturnType<typeof introspectedApi>>['api']['present']>[1]) {
  const { server, api } = await introspectedApi()
  const token = await server.accessToken({ scopes: ['a', 'b'] })
  const headers = { authorization: `Bearer ${token}` }
  return { server, token, api, presented: await api.present({ method: 'GET', url: '/', headers }, options) }
}

describe('policies decided of one request', () => {
  it('share one live call, be they decided together or one after the other', async () => {
    const { server, presented } = await presentedWith({ arrival: 'request' })
    await Promise.all(Array.from({ length: 20 }, () => presented.authorize(LIVE)))
    for (const scopes of [['a'], ['b'], ['a', 'b']] as const) {
      server.clock.advance('1s')
      const outcome = await presented.authorize({ ...LIVE, scopes })
      expect(outcome).toMatchObject({ outcome: 'granted', principal: { evidence: { source: 'live-call' } } })
    }
    expect(await presented.authorize({ ...LIVE, scopes: ['c'] })).toMatchObject({ status: 403 })
    expect(server.introspection.hits).toBe(1)
  })

  it('share the failure of that call, too', async () => {
    const { server, presented } = await presentedWith({ arrival: 'request' })
    server.introspection.fail({ status: 503, times: 1 })
    expect(await presented.authorize(LIVE)).toMatchObject({ status: 503 })
    expect(await presented.authorize(LIVE)).toMatchObject({ status: 503 })
    expect(server.introspection.hits).toBe(1)
  })

  it('are refused by what has become known meanwhile, whatever the call said', async () => {
    const { server, token, api, presented } = await presentedWith({ arrival: 'request' })
    server.clock.advance('1m')
    expect(await presented.authorize(LIVE)).toMatchObject({ outcome: 'granted' })
    await server.revoke(token)
    await expect(api.verify(token, LIVE)).rejects.toMatchObject({ code: 'token-revoked' })
    expect(await presented.authorize(LIVE)).toMatchObject({ reason: 'token-revoked' })
  })

  it('of another request with the same token need a call of their own', async () => {
    const { server, token, api, presented } = await presentedWith({ arrival: 'request' })
    await presented.authorize(LIVE)
    const headers = { authorization: `Bearer ${token}` }
    const another = await api.present({ method: 'GET', url: '/', headers }, { arrival: 'request' })
    await another.authorize(LIVE)
    expect(server.introspection.hits).toBe(2)
  })
})

it.each([undefined, {}, { arrival: undefined }, { arrival: 'each-policy' }] as const)(
  'each policy counts as a request of its own with %j',
  async (options) => {
    const { server, token, presented } = await presentedWith(options)
    server.clock.advance('1m')
    expect(await presented.authorize(LIVE)).toMatchObject({ outcome: 'granted' })
    expect(await presented.authorize(LIVE)).toMatchObject({ outcome: 'granted' })
    expect(server.introspection.hits).toBe(2)
    await server.revoke(token)
    expect(await presented.authorize(LIVE)).toMatchObject({ reason: 'token-revoked' })
  },
)

it.each([
  ['each-policy', 'granted'],
  ['request', 'unavailable'],
] as const)(
  'what was presented while the keys were out of reach, is after that, with %s, %s',
  async (arrival, after) => {
    const { server, api } = await introspectedApi()
    server.jwks.fail({ status: 503 })
    const headers = { authorization: `Bearer ${await server.accessToken()}` }
    const presented = await api.present({ method: 'GET', url: '/', headers }, { arrival })
    expect(await presented.authorize()).toMatchObject({ outcome: 'unavailable' })
    server.jwks.recover()
    server.clock.advance('1m')
    expect(await presented.authorize()).toMatchObject({ outcome: after })
  },
)

it.each([
  [{ arrival: 'once' }, "present.arrival must be 'each-policy' or 'request'"],
  [{ arival: 'request' }, 'present.arival is not an option'],
  [null, 'present takes a plain object of options'],
])('%j is an error', async (options, message) => {
  const { api } = await introspectedApi()
  for (const server of [api, asPrincipal({ sub: 'u1' })]) {
    await expect(server.present(anonymous, options as never)).rejects.toThrow(message)
  }
})
