import { describe, expect, it } from 'vitest'
import {
  authorizationServer,
  ConfigurationError,
  createResourceServer,
  type ResourceServerOptions,
} from '../../src/index.js'
import { json } from '../support/loopback-server.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('the issuers of a server', () => {
  const issuer = authorizationServer({ issuer: 'https://auth.example.com', audience: 'orders-api' })

  it.each<[string, Record<string, unknown>, string]>([
    ['no issuers', { issuers: undefined }, 'createResourceServer.issuers must be a list of one or more issuers'],
    ['an empty list', { issuers: [] }, 'createResourceServer.issuers must be a list of one or more issuers'],
    ['an issuer outside a list', { issuers: issuer }, 'createResourceServer.issuers must be a list'],
    [
      'an issuer twice',
      { issuers: [issuer, issuer] },
      'createResourceServer.issuers[1] repeats https://auth.example.com',
    ],
  ])('are refused at once: %s', (_, changed, message) => {
    const make = () => createResourceServer({ issuers: [issuer], ...changed } as ResourceServerOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })
})

describe('several issuers', () => {
  it('are told apart by iss, and a route may name whom it takes', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const onlyA = api.policy({ issuers: [a.options.issuer] })
    expect(await api.authorize(withToken(a.token()), onlyA)).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(b.token()), onlyA)).toMatchObject({
      status: 403,
      reason: 'issuer-not-accepted',
    })
    expect(await api.authorize(withToken(b.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('are ready when each has its keys', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    await api.ready()
    expect([a, b].map(({ jwks }) => jwks.requests.length)).toStrictEqual([1, 1])
    b.jwks.answer = json({}, 500)
    const { api: another } = serverFor([a, b])
    await expect(another.ready()).rejects.toMatchObject({
      name: 'UpstreamError',
      code: 'unexpected-status',
      httpStatus: 500,
    })
    expect(await another.authorize(withToken(a.token()))).toMatchObject({ outcome: 'granted' })
  })
})
