import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { isAlive } from '../support/doors.js'

const orders = { clients: ['web', 'mobile'], resourceServers: { orders: ['read', 'write'] } } as const

/** Verifies with jose, which shares no code with the fake. */
async function verifiedByJose(pool: FakeCognito, token: string) {
  const keys = createLocalJWKSet(await pool.publicKeys())
  return jwtVerify(token, keys, { issuer: pool.issuer, algorithms: ['RS256'], currentDate: new Date(pool.clock.now()) })
}

/** Verifies with AWS's own library, its keys given by hand. */
async function verifiedByAws(pool: FakeCognito, token: string, tokenUse: 'access' | 'id' = 'access') {
  const verifier = CognitoJwtVerifier.create({ userPoolId: pool.userPoolId, clientId: pool.clientId, tokenUse })
  verifier.cacheJwks(await pool.publicKeys())
  return verifier.verify(token)
}

describe('a pool', () => {
  it('has its own id, in the form of a pool id, and its own keys', async () => {
    const [a, b] = [await fakeCognito(), await fakeCognito()]
    expect(a.userPoolId).toMatch(/^xx-fake-1_[A-Za-z0-9]{9}$/)
    expect(a.userPoolId).not.toBe(b.userPoolId)
    expect(await a.publicKeys()).not.toStrictEqual(await b.publicKeys())
    expect(a).toMatchObject({
      region: 'xx-fake-1',
      clientId: 'test-client',
      issuer: `https://cognito-idp.xx-fake-1.amazonaws.com/${a.userPoolId}`,
    })
  })

  it('publishes two keys as Cognito does', async () => {
    const { keys } = await (await fakeCognito()).publicKeys()
    expect(keys).toHaveLength(2)
    for (const key of keys) {
      expect(Object.keys(key)).toStrictEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
      expect(key).toMatchObject({ alg: 'RS256', e: 'AQAB', kty: 'RSA', use: 'sig' })
      expect(key.kid).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    }
  })

  it('uses the UPDATED issuer where it is told to', async () => {
    const pool = await fakeCognito({ issuerType: 'UPDATED' })
    expect(pool.issuer).toBe(`https://issuer-cognito-idp.xx-fake-1.amazonaws.com/${pool.userPoolId}`)
    expect(decodeJwt(await pool.accessToken()).iss).toBe(pool.issuer)
  })

  it('refuses an empty list of clients', async () => {
    await expect(fakeCognito({ clients: [] as never })).rejects.toThrow('clients must be a list of one or more')
  })

  it.each<[string, object, string]>([
    ['a misspelt option', { resourceServer: {} }, 'the pool knows no resourceServer; it takes clients,'],
    ['scopes that are no list', { resourceServers: { orders: 'read' } }, 'resourceServers must map identifiers to'],
    ['an issuer type that is none', { issuerType: 'NEW' }, "issuerType must be 'ORIGINAL' or 'UPDATED'"],
  ])('refuses %s', async (_, options, message) => {
    await expect(fakeCognito(options)).rejects.toThrow(message)
  })
})

describe('an access token', () => {
  it('is accepted by jose and by aws-jwt-verify', async () => {
    const pool = await fakeCognito(orders)
    const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'], groups: ['admin'] })
    expect((await verifiedByJose(pool, token)).payload).toMatchObject({ sub: 'u1' })
    expect(await verifiedByAws(pool, token)).toMatchObject({ sub: 'u1', client_id: 'web', scope: 'orders/read' })
  })

  it('has a header of kid and alg alone, and no typ', async () => {
    const pool = await fakeCognito()
    const header = decodeProtectedHeader(await pool.accessToken())
    expect(Object.keys(header)).toStrictEqual(['kid', 'alg'])
    expect(header.alg).toBe('RS256')
  })

  it('looks like one of a sign-in through the SDK by default', async () => {
    const pool = await fakeCognito()
    const claims = decodeJwt(await pool.accessToken({ sub: 'u1' }))
    expect(Object.keys(claims)).toStrictEqual([
      'sub',
      'iss',
      'client_id',
      'origin_jti',
      'event_id',
      'token_use',
      'scope',
      'auth_time',
      'exp',
      'iat',
      'jti',
      'username',
    ])
    expect(claims).toMatchObject({
      sub: 'u1',
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: 'u1',
      client_id: 'test-client',
    })
    expect((claims.exp as number) - (claims.iat as number)).toBe(3_600)
  })

  it('looks like one of managed login with scopes: it has a version and groups', async () => {
    const pool = await fakeCognito(orders)
    const claims = decodeJwt(
      await pool.accessToken({ scopes: ['openid', 'orders/write'], groups: ['a', 'b'], username: 'ann' }),
    )
    expect(claims).toMatchObject({
      version: 2,
      scope: 'openid orders/write',
      'cognito:groups': ['a', 'b'],
      username: 'ann',
    })
    expect(claims).not.toHaveProperty('aud')
  })

  it('leaves groups out where there are none, and takes a resource as aud', async () => {
    const pool = await fakeCognito()
    const claims = decodeJwt(await pool.accessToken({ groups: [], resource: 'https://api.example.com' }))
    expect(claims).not.toHaveProperty('cognito:groups')
    expect(claims.aud).toBe('https://api.example.com')
  })

  it('escapes slashes as Cognito does', async () => {
    const pool = await fakeCognito()
    const payload = Buffer.from((await pool.accessToken()).split('.')[1] as string, 'base64url').toString()
    expect(payload).toContain(String.raw`"iss":"https:\/\/cognito-idp.xx-fake-1.amazonaws.com\/`)
  })

  it('takes further claims, other clients and other lifetimes', async () => {
    const pool = await fakeCognito(orders)
    const claims = decodeJwt(
      await pool.accessToken({ clientId: 'mobile', expiresIn: '5m', claims: { tenant: 'acme' } }),
    )
    expect(claims).toMatchObject({ client_id: 'mobile', tenant: 'acme' })
    expect((claims.exp as number) - (claims.iat as number)).toBe(300)
  })

  it.each([
    [
      'an unknown scope',
      { scopes: ['orders/delete'] },
      'the pool has no scope orders/delete: orders has read, write; add delete to resourceServers.orders',
    ],
    ['an unknown client', { clientId: 'tv' }, 'the pool has no client tv; declare it in clients'],
    ['a misspelt member', { scope: ['orders/read'] }, 'accessToken knows no scope; it takes clientId,'],
    ['groups that are no list', { groups: 'admin' }, 'accessToken takes groups as a list'],
    [
      'a duration that is none',
      { expiresIn: 'soon' },
      "expiresIn must be milliseconds, or whole ms, s, m, h or d such as '30s'",
    ],
  ])('cannot be made with %s', async (_, request, message) => {
    const pool = await fakeCognito(orders)
    await expect(pool.accessToken(request as never)).rejects.toThrow(message)
  })
})

describe('a token of a machine', () => {
  it('has the client for a subject, and nothing of a user', async () => {
    const pool = await fakeCognito(orders)
    const token = await pool.m2mToken({ clientId: 'mobile', scopes: ['orders/read'], claims: { tenant: 'acme' } })
    const { payload } = await verifiedByJose(pool, token)
    expect(Object.keys(payload).toSorted()).toStrictEqual([
      'auth_time',
      'client_id',
      'exp',
      'iat',
      'iss',
      'jti',
      'scope',
      'sub',
      'tenant',
      'token_use',
      'version',
    ])
    expect(payload).toMatchObject({
      sub: 'mobile',
      client_id: 'mobile',
      scope: 'orders/read',
      token_use: 'access',
      version: 2,
    })
  })

  it('is accepted by aws-jwt-verify, and has all custom scopes by default', async () => {
    const pool = await fakeCognito(orders)
    expect(await verifiedByAws(pool, await pool.m2mToken())).toMatchObject({
      sub: 'web',
      scope: 'orders/read orders/write',
    })
  })

  it('gets no scope of users, and no token without a scope', async () => {
    const pool = await fakeCognito(orders)
    await expect(pool.m2mToken({ scopes: ['openid' as never] })).rejects.toThrow('Cognito gives openid to users alone')
    await expect(pool.m2mToken({ scopes: [] })).rejects.toThrow('a machine needs a scope of a resource server')
    await expect((await fakeCognito()).m2mToken()).rejects.toThrow('a machine needs a scope of a resource server')
    await expect(pool.m2mToken({ sub: 'u1' } as never)).rejects.toThrow('m2mToken knows no sub')
  })
})

describe('an ID token', () => {
  it('is accepted by aws-jwt-verify, and signed with a key of its own', async () => {
    const pool = await fakeCognito()
    const token = await pool.idToken({ sub: 'u1', email: 'ann@example.com' })
    expect(await verifiedByAws(pool, token, 'id')).toMatchObject({
      sub: 'u1',
      aud: 'test-client',
      email: 'ann@example.com',
      'cognito:username': 'u1',
    })
    expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(await pool.accessToken()).kid)
    expect(decodeJwt(token)).not.toHaveProperty('scope')
    expect(decodeJwt(token)).not.toHaveProperty('client_id')
  })
})

describe('a forged token', () => {
  /** What each peer misses is known (it checks less by design) and stands here, so that a change is seen. */
  const acceptedByAws = ['withoutExpiry', 'issuedInTheFuture', 'senderConstrained', 'critical']

  it('is refused by aws-jwt-verify, but for what that library does not check', async () => {
    const pool = await fakeCognito()
    const accepted: string[] = []
    for (const [kind, forge] of Object.entries(pool.forged)) {
      const result = await verifiedByAws(pool, await forge()).then(
        () => 'accepted',
        () => 'refused',
      )
      if (result === 'accepted') accepted.push(kind)
    }
    expect(accepted.toSorted()).toStrictEqual(acceptedByAws.toSorted())
  })

  it('is wrong in one way only: its signature is good where the forgery is elsewhere', async () => {
    const pool = await fakeCognito()
    const keys = createLocalJWKSet(await pool.publicKeys())
    const { expired, notYetValid, issuedInTheFuture, withoutExpiry, idToken, otherClient, senderConstrained } =
      pool.forged
    for (const forge of [
      notYetValid,
      issuedInTheFuture,
      withoutExpiry,
      idToken,
      otherClient,
      senderConstrained,
      expired,
    ]) {
      // Far tolerance: times are not what is looked at here.
      await expect(jwtVerify(await forge(), keys, { clockTolerance: '10y' })).resolves.toBeDefined()
    }
    for (const forge of [pool.forged.wrongKey, pool.forged.unknownKid, pool.forged.tampered, pool.forged.otherPool]) {
      await expect(jwtVerify(await forge(), keys)).rejects.toThrow(/signature|no applicable key/)
    }
  })

  it('is made from the same request as a good one', async () => {
    const pool = await fakeCognito(orders)
    for (const forge of Object.values(pool.forged)) {
      const claims = decodeJwt(await forge({ sub: 'u1', scopes: ['orders/read'], groups: ['admin'] }))
      expect(claims['cognito:groups']).toStrictEqual(['admin'])
    }
    expect(decodeJwt(await pool.forged.wrongKey({ sub: 'u1', scopes: ['orders/read'] }))).toMatchObject({
      sub: 'u1',
      scope: 'orders/read',
    })
  })
})

describe('rotateKeys', () => {
  it('signs with new keys and goes on publishing the old ones', async () => {
    const pool = await fakeCognito()
    const before = await pool.accessToken()
    await pool.rotateKeys()
    const after = await pool.accessToken()
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid)
    expect((await pool.publicKeys()).keys).toHaveLength(4)
    for (const token of [before, after]) await expect(verifiedByJose(pool, token)).resolves.toBeDefined()
  })

  it('withdraws the old ones where told to', async () => {
    const pool = await fakeCognito()
    const before = await pool.accessToken()
    await pool.rotateKeys({ keepOld: false })
    expect((await pool.publicKeys()).keys).toHaveLength(2)
    await expect(verifiedByJose(pool, before)).rejects.toThrow('no applicable key')
  })

  it('announces keys later where told to: tokens name a key that nobody can look up, but the pool knows them', async () => {
    const pool = await fakeCognito()
    const before = await pool.accessToken()
    await pool.rotateKeys({ announceAfter: '30s', keepOld: false })
    const after = await pool.accessToken()
    await expect(verifiedByJose(pool, after)).rejects.toThrow('no applicable key')
    await expect(verifiedByJose(pool, before)).resolves.toBeDefined()
    expect(await isAlive(pool, after)).toBe(true)
    pool.clock.advance('30s')
    await expect(verifiedByJose(pool, after)).resolves.toBeDefined()
    await expect(verifiedByJose(pool, before)).rejects.toThrow('no applicable key')
    expect([await isAlive(pool, after), await isAlive(pool, before)]).toStrictEqual([true, false])
  })

  it('signs ID tokens with the new keys, too', async () => {
    const pool = await fakeCognito()
    const before = decodeProtectedHeader(await pool.idToken()).kid
    await pool.rotateKeys({ announceAfter: '1s' })
    const token = await pool.idToken()
    expect(decodeProtectedHeader(token).kid).not.toBe(before)
    await expect(verifiedByJose(pool, token)).rejects.toThrow('no applicable key')
    pool.clock.advance('1s')
    await expect(verifiedByJose(pool, token)).resolves.toBeDefined()
  })
})

describe('the clock', () => {
  it('moves the tokens minted afterwards', async () => {
    const pool = await fakeCognito()
    const before = decodeJwt(await pool.accessToken()).iat as number
    pool.clock.advance('10m')
    const after = decodeJwt(await pool.accessToken()).iat as number
    expect(after - before).toBeGreaterThanOrEqual(600)
    expect(after - before).toBeLessThan(610)
    expect(pool.clock.now() - Date.now()).toBeGreaterThan(590_000)
  })
})

it('a closed pool mints nothing and opens no door', async () => {
  const pool = await fakeCognito(orders)
  await pool.close()
  const attempts = [
    pool.accessToken(),
    pool.m2mToken(),
    pool.idToken(),
    pool.forged.wrongKey(),
    pool.forged.idToken(),
    pool.rotateKeys(),
    pool.listen(),
    pool.serve(),
    pool.fetch(`${pool.issuer}/.well-known/jwks.json`),
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toThrow('the pool was closed; make a new one')
})

it('a disturbance that is misspelt, or none, is refused', async () => {
  const pool = await fakeCognito()
  await expect(pool.rotateKeys({ keepold: false } as never)).rejects.toThrow('rotateKeys knows no keepold')
  expect(() => pool.jwks.fail({ stauts: 500 } as never)).toThrow('fail knows no stauts; it takes status, error, times')
  expect(() => pool.jwks.fail({ status: 200 })).toThrow('fail takes a status from 300 to 599')
  expect(() => pool.jwks.fail({ times: 0 })).toThrow('fail takes times as a whole number of one or more')
  expect(() => pool.clock.advance('soon' as never)).toThrow('clock.advance must be milliseconds, or whole')
})
