import { fakeCognito } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import { cognitoUserPool } from '../../src/cognito/index.js'
import { combinePolicies, ConfigurationError, createResourceServer, definePolicy } from '../../src/index.js'
import { cognitoApi } from '../support/cognito-api.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a policy', () => {
  it('that turns out to be undefined, or to be a promise, asks for nothing and is therefore refused', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const request = withToken(issuer.token())
    const presented = await api.present(request)
    await expect(api.authorize(request, undefined)).rejects.toThrow('policy is undefined; leave the argument out')
    await expect(presented.authorize(undefined)).rejects.toThrow('policy is undefined')
    await expect(api.verify(issuer.token(), undefined)).rejects.toThrow('policy is undefined')
    expect(() => api.explain(undefined)).toThrow('policy is undefined')
    await expect(api.authorize(request, Promise.resolve({ scopes: ['a'] }) as never)).rejects.toThrow(
      'policy takes a plain object',
    )
  })

  it.each([null, 5, 'orders/read', []])('that is %j is refused as none', async (policy) => {
    const { api } = serverFor(await testIssuer())
    expect(() => api.policy(policy as never)).toThrow(
      new ConfigurationError('policy', 'takes a plain object of options'),
    )
    await expect(api.authorize(anonymous, policy as never)).rejects.toThrow('policy takes a plain object of options')
  })

  it('that combines issuers without one in common is refused', async () => {
    const [a, b] = [await testIssuer(), await testIssuer()]
    const { api } = serverFor([a, b])
    const none = combinePolicies(
      api.policy({ issuers: [a.options.issuer] }),
      api.policy({ issuers: [b.options.issuer] }),
    )
    await expect(api.authorize(anonymous, none)).rejects.toThrow('policy.issuers leaves no issuer')
  })

  it('that names an issuer which is not configured is refused', async () => {
    const { api } = serverFor(await testIssuer())
    const elsewhere = { issuers: ['https://elsewhere.example'] }
    expect(() => api.policy(elsewhere)).toThrow(
      'policy.issuers names https://elsewhere.example, which is none of the configured ones: ',
    )
    await expect(api.authorize(anonymous, definePolicy(elsewhere))).rejects.toThrow(ConfigurationError)
  })

  it('with scopes is refused where all issuers take ID tokens, which have none', async () => {
    const pool = await fakeCognito()
    const api = cognitoApi(pool, { tokenUse: 'id' })
    expect(() => api.policy({ scopes: ['orders/read'] })).toThrow('policy.scopes can never be met')
    expect(() => api.policy({ anyScope: ['orders/read'] })).toThrow('policy.anyScope can never be met')
    expect(() => api.policy({ groups: ['admin'] })).not.toThrow()
  })

  it('with scopes is taken where one issuer takes access tokens, and refuses ID tokens when they come', async () => {
    const [access, id] = [await fakeCognito(), await fakeCognito()]
    const api = createResourceServer({
      issuers: [
        cognitoUserPool({ userPoolId: access.userPoolId, clientId: access.clientId }),
        cognitoUserPool({ userPoolId: id.userPoolId, clientId: id.clientId, tokenUse: 'id' }),
      ],
      fetch: (url, init) => (url.includes(id.userPoolId) ? id : access).fetch(url, init as never),
    })
    const token = await id.idToken({ claims: { scope: 'openid' } })
    expect(await api.authorize(withToken(token), { scopes: ['openid'] })).toMatchObject({
      status: 403,
      reason: 'scope-missing',
    })
  })

  it('that was compiled is taken as it is, and a literal is compiled', async () => {
    const { api } = serverFor(await testIssuer())
    const policy = definePolicy({ scopes: ['a'] })
    expect(api.policy(policy)).toBe(policy)
    expect(api.policy({ scopes: ['a'] })).toStrictEqual(policy)
  })
})
