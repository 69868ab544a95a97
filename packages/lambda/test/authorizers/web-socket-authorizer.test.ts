import { describe, expect, it } from 'vitest'
import { webSocketAuthorizer } from '../../src/index.js'
import { ARN, clientCert, connectAuthorizerEvent } from '../support/events.js'
import { ordersApi } from '../support/orders-api.js'

describe('an authorizer of $connect', () => {
  it('opens a connection for a token in the header, and tells until when it holds', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = webSocketAuthorizer(api, { policy: { scopes: ['orders/read'] }, resultCache: 'off' })
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const result = await authorizer(connectAuthorizerEvent({ headers: { Authorization: `Bearer ${token}` } }))
    expect(result).toMatchObject({
      principalId: 'u1',
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: [`${ARN}/$connect`] }] },
      context: { subject: 'u1', expiresAt: expect.stringMatching(/^\d+$/), evidenceSource: 'local-validation' },
    })
  })

  it('answers 401, 403 and 500', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = webSocketAuthorizer(api, { policy: { scopes: ['orders/read'] }, resultCache: 'off' })
    const connect = (token: string) =>
      authorizer(connectAuthorizerEvent({ headers: { Authorization: `Bearer ${token}` } }))
    await expect(authorizer(connectAuthorizerEvent())).rejects.toThrow(/^Unauthorized$/)
    await expect(connect(await pool.forged.wrongKey())).rejects.toThrow(/^Unauthorized$/)
    expect(await connect(await pool.accessToken())).toMatchObject({ principalId: 'unauthorized' })
    pool.jwks.fail({ status: 503 })
    await pool.rotateKeys()
    await expect(connect(await pool.accessToken({ scopes: ['orders/read'] }))).rejects.toMatchObject({
      name: 'TokenUncheckedError',
    })
  })

  it('takes a token from the query where it is told to, and only one', async () => {
    const { pool, api } = await ordersApi()
    const token = await pool.accessToken({ sub: 'u1' })
    const options = { policy: {}, resultCache: 'off' } as const
    const inHeader = webSocketAuthorizer(api, options)
    const inQuery = webSocketAuthorizer(api, { ...options, tokenInQuery: 'token' })
    const withQuery = connectAuthorizerEvent({ query: { token: [token] } })
    expect(await inQuery(withQuery)).toMatchObject({ principalId: 'u1' })
    await expect(inHeader(withQuery)).rejects.toThrow(/^Unauthorized$/)
    const single = { ...withQuery, multiValueQueryStringParameters: null }
    expect(await inQuery(single)).toMatchObject({ principalId: 'u1' })
    const twice = connectAuthorizerEvent({ query: { token: [token, token] } })
    await expect(inQuery(twice)).rejects.toThrow(/^Unauthorized$/)
    const both = connectAuthorizerEvent({ query: { token: [token] }, headers: { authorization: `Bearer ${token}` } })
    await expect(inQuery(both)).rejects.toThrow(/^Unauthorized$/)
    expect(await inQuery(connectAuthorizerEvent({ headers: { authorization: `Bearer ${token}` } }))).toMatchObject({
      principalId: 'u1',
    })
    await expect(inQuery(connectAuthorizerEvent({ query: { other: [token] } }))).rejects.toThrow(/^Unauthorized$/)
  })

  it('refuses what came without a client certificate, where every client must have one', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = webSocketAuthorizer(api, { policy: {}, resultCache: 'off', mutualTls: true })
    const headers = { Authorization: `Bearer ${await pool.accessToken({ sub: 'u1' })}` }
    expect(await authorizer(connectAuthorizerEvent({ headers }))).toMatchObject({ principalId: 'unauthorized' })
    expect(await authorizer(connectAuthorizerEvent({ headers, certificate: clientCert }))).toMatchObject({
      principalId: 'u1',
    })
  })

  it('is not made with what can never work, and fails for other requests', async () => {
    const { api } = await ordersApi()
    const made = (options: object) => () => webSocketAuthorizer(api, options as never)
    const off = { policy: {}, resultCache: 'off' } as const
    expect(made({ policy: {} })).toThrow("webSocketAuthorizer.resultCache is required and must be 'off'")
    const kept = { ttl: '1m', identitySources: ['route.request.header.Authorization'] }
    expect(made({ policy: {}, resultCache: kept })).toThrow("must be 'off': WebSocket APIs keep no results")
    expect(made({ ...off, tokenInQuery: 'a b' })).toThrow('tokenInQuery must be the name of a query parameter')
    expect(made({ ...off, tokenInQuery: true })).toThrow('tokenInQuery must be the name of a query parameter')
    expect(made({ ...off, tokenIn: 'token' })).toThrow('webSocketAuthorizer.tokenIn is not an option')
    expect(made({ resultCache: 'off' })).toThrow('policy is undefined')
    const event = { ...connectAuthorizerEvent(), methodArn: `${ARN}/sendMessage` }
    await expect(webSocketAuthorizer(api, off)(event)).rejects.toThrow(
      'webSocketAuthorizer.event is not one of $connect',
    )
  })
})
