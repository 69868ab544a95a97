import { describe, expect, it } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { expectInvalid, order, policyStore, storeOfPool } from '../support/policy-store.js'

describe('a token of the identity source', () => {
  it('is read: the principal, its groups, and the claims of an access token as context.token', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['staff'] })
    expect(await isAuthorizedWithToken({ accessToken })).toMatchObject({
      decision: 'ALLOW',
      principal: { entityType: 'Shop::User', entityId: `${pool.userPoolId}|u1` },
    })
    const other = await pool.accessToken({ sub: 'u1', scopes: ['openid'] })
    expect(await isAuthorizedWithToken({ accessToken: other })).toMatchObject({ decision: 'DENY' })
  })

  it('has groups of the type AWS::CognitoGroup unless told otherwise', async () => {
    const pool = await fakeCognito()
    const { isAuthorizedWithToken } = await policyStore({
      policies: `permit(principal in AWS::CognitoGroup::"${pool.userPoolId}|staff", action, resource);`,
      identitySource: { pool, principalEntityType: 'User' },
    })
    const accessToken = await pool.accessToken({ groups: ['staff'] })
    expect(await isAuthorizedWithToken({ accessToken })).toMatchObject({ decision: 'ALLOW' })
    await pool.close()
  })

  it('of identity brings attributes of the principal', async () => {
    const pool = await fakeCognito()
    const { isAuthorizedWithToken } = await policyStore({
      policies:
        'permit(principal, action, resource) when { principal.email == "u1@example.com" && !(context has token) };',
      identitySource: { pool, principalEntityType: 'User' },
    })
    const identityToken = await pool.idToken({ username: 'u1' })
    expect(await isAuthorizedWithToken({ identityToken })).toMatchObject({ decision: 'ALLOW' })
    await pool.close()
  })

  it('may come with the other one of its user', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
    const identityToken = await pool.idToken({ sub: 'u1' })
    expect(await isAuthorizedWithToken({ accessToken, identityToken })).toMatchObject({ decision: 'ALLOW' })
    const stranger = await pool.idToken({ sub: 'u2' })
    await expectInvalid(isAuthorizedWithToken({ accessToken, identityToken: stranger }), 'identityToken', /same user/)
  })

  it('that was revoked counts until it expires', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.accessToken({ scopes: ['orders/read'] })
    await pool.revoke(accessToken)
    expect(await isAuthorizedWithToken({ accessToken })).toMatchObject({ decision: 'ALLOW' })
  })
})

describe('refused is a token', () => {
  it.each(['wrongKey', 'unknownKid', 'tampered', 'algNone', 'otherPool'] as const)('forged: %s', async (forgery) => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.forged[forgery]({ sub: 'u1' })
    await expectInvalid(isAuthorizedWithToken({ accessToken }), 'accessToken', /signature|pattern/)
  })

  it('that has expired, by the clock of the pool', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.accessToken({ expiresIn: '10m', scopes: ['orders/read'] })
    expect(await isAuthorizedWithToken({ accessToken })).toMatchObject({ decision: 'ALLOW' })
    pool.clock.advance('10m')
    await expectInvalid(isAuthorizedWithToken({ accessToken }), 'accessToken', /expired/)
  })

  it('in the parameter of the other', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const [access, id] = [await pool.accessToken(), await pool.idToken()]
    await expectInvalid(isAuthorizedWithToken({ accessToken: id }), 'accessToken', /token_use must be access/)
    await expectInvalid(isAuthorizedWithToken({ identityToken: access }), 'identityToken', /token_use must be id/)
  })

  it('of a client that the identity source does not name, where it names any', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool({ clientIds: ['web'] })
    const [web, mobile] = [await pool.accessToken({ clientId: 'web' }), await pool.accessToken({ clientId: 'mobile' })]
    expect(await isAuthorizedWithToken({ accessToken: web })).toMatchObject({ decision: 'DENY' })
    await expectInvalid(isAuthorizedWithToken({ accessToken: mobile }), 'accessToken', /client/)
    const identityToken = await pool.idToken({ clientId: 'mobile' })
    await expectInvalid(isAuthorizedWithToken({ identityToken }), 'identityToken', /client/)
  })

  it('that is missing, or that no identity source could read', async () => {
    const { isAuthorizedWithToken } = await storeOfPool()
    await expectInvalid(isAuthorizedWithToken({}), 'accessToken', /accessToken, an identityToken or both/)
    const { isAuthorizedWithToken: atStoreWithout } = await policyStore()
    await expectInvalid(atStoreWithout({ accessToken: 'a.b.c' }), 'policyStoreId', /no identity source/)
  })
})

describe('beside a token, refused are', () => {
  it('entities of the types of users and groups', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const accessToken = await pool.accessToken()
    for (const entityType of ['Shop::User', 'Shop::UserGroup']) {
      const entities = { entityList: [{ identifier: { entityType, entityId: 'x' } }] }
      await expectInvalid(isAuthorizedWithToken({ accessToken, entities }), 'entities', /users and groups/)
    }
    expect(
      await isAuthorizedWithToken({ accessToken, entities: { entityList: [{ identifier: order }] } }),
    ).toMatchObject({ decision: 'DENY' })
  })

  it('a context with a member token', async () => {
    const { pool, isAuthorizedWithToken } = await storeOfPool()
    const context = { contextMap: { token: { record: {} } } }
    await expectInvalid(
      isAuthorizedWithToken({ accessToken: await pool.accessToken(), context }),
      'context',
      /no member token/,
    )
  })
})
