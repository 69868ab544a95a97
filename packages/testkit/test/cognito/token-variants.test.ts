import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { type FakeCognito, fakeCognito } from '../../src/index.js'
import { ANN, browserOf, codeRequest, poolWithApplication, told, tokenRequest } from '../support/browser.js'
import { callOperation } from '../support/doors.js'

const orders = { clients: ['web'], resourceServers: { orders: ['read'] } } as const

/** Every kind of access token that Cognito issues, by the name it has in the README. */
const variants = {
  'SDK sign-in': {
    made: (pool: FakeCognito) => pool.accessToken(),
    absent: ['version', 'aud', 'acr', 'cognito:groups'],
  },
  'managed login': {
    made: (pool: FakeCognito) => pool.accessToken({ scopes: ['openid', 'orders/read'] }),
    present: { version: 2, scope: 'openid orders/read' },
    absent: ['aud', 'acr', 'cognito:groups'],
  },
  'resource-bound': {
    made: (pool: FakeCognito) => pool.accessToken({ scopes: ['orders/read'], resource: 'https://api.example' }),
    present: { version: 2, aud: 'https://api.example' },
    absent: ['acr'],
  },
  'machine-to-machine': {
    made: (pool: FakeCognito) => pool.m2mToken(),
    present: { sub: 'web', client_id: 'web', scope: 'orders/read', version: 2 },
    absent: ['username', 'origin_jti', 'cognito:groups', 'event_id'],
  },
  'step-up': {
    made: (pool: FakeCognito) =>
      pool.accessToken({ acr: 'urn:cognito:loa:4', amr: ['pwd', 'otp', 'mfa'], authTime: '-10m' }),
    present: { acr: 'urn:cognito:loa:4', amr: ['pwd', 'otp', 'mfa'], scope: 'aws.cognito.signin.user.admin' },
    absent: ['version', 'aud'],
  },
  'with groups': {
    made: (pool: FakeCognito) => pool.accessToken({ groups: ['admin', 'staff'] }),
    present: { 'cognito:groups': ['admin', 'staff'] },
    absent: ['acr'],
  },
} as const satisfies Record<
  string,
  { made(pool: FakeCognito): Promise<string>; present?: object; absent: readonly string[] }
>

describe.each(Object.entries(variants))('an access token of the kind %s', (_, variant) => {
  it('has its claims, and none of the others', async () => {
    const claims = decodeJwt(await variant.made(await fakeCognito(orders)))
    expect(claims).toMatchObject({ token_use: 'access', ...('present' in variant && variant.present) })
    for (const name of variant.absent) expect(claims).not.toHaveProperty(name)
  })

  it('is verified by aws-jwt-verify and jose with the keys the pool serves', async () => {
    const pool = await fakeCognito(orders)
    const token = await variant.made(pool)
    const verifier = CognitoJwtVerifier.create({ userPoolId: pool.userPoolId, clientId: 'web', tokenUse: 'access' })
    verifier.cacheJwks((await (await pool.fetch(pool.jwks.url)).json()) as never)
    expect((await verifier.verify(token)).client_id).toBe('web')
    const keys = createRemoteJWKSet(new URL(pool.jwks.url), { [customFetch]: pool.fetch })
    await expect(jwtVerify(token, keys, { issuer: pool.issuer, algorithms: ['RS256'] })).resolves.toBeDefined()
  })
})

it('oauth4webapi refuses even a resource-bound token as an access token, as it does those of Cognito: they have no typ', async () => {
  const pool = await fakeCognito(orders)
  const token = await variants['resource-bound'].made(pool)
  const request = new Request('https://api.example/orders', { headers: { authorization: `Bearer ${token}` } })
  const server = { issuer: pool.issuer, jwks_uri: pool.jwks.url }
  const validated = oauth.validateJwtAccessToken(server, request, 'https://api.example', {
    [oauth.customFetch]: pool.fetch as never,
  })
  await expect(validated).rejects.toMatchObject({ cause: { header: { alg: 'RS256' } } })
  expect(pool.jwks.hits).toBe(0)
})

it('aws-jwt-verify accepts the tokens of a sign-in by password and by code', async () => {
  const pool = await poolWithApplication()
  const verify = async (tokenUse: 'access' | 'id', token: string | undefined) => {
    const verifier = CognitoJwtVerifier.create({ userPoolId: pool.userPoolId, clientId: 'web', tokenUse })
    verifier.cacheJwks(await pool.publicKeys())
    return verifier.verify(token as string)
  }
  const AuthParameters = { USERNAME: ANN.username, PASSWORD: ANN.password }
  const input = { AuthFlow: 'USER_PASSWORD_AUTH', ClientId: 'web', AuthParameters }
  const result = (await callOperation(pool, 'InitiateAuth', input)).body['AuthenticationResult'] as Record<
    string,
    string
  >
  const { code } = told(await browserOf(pool).signIn())
  const { body } = await tokenRequest(pool, codeRequest(code))
  for (const token of [result['AccessToken'], body['access_token']]) {
    expect(await verify('access', token)).toMatchObject({ username: 'ann', client_id: 'web' })
  }
  for (const token of [result['IdToken'], body['id_token']]) {
    expect(await verify('id', token)).toMatchObject({ 'cognito:username': 'ann', aud: 'web' })
  }
})

describe('step-up', () => {
  it('is in ID tokens and in whole sign-ins, too, and forgeries can have it', async () => {
    const pool = await fakeCognito()
    const request = { acr: 'urn:cognito:loa:3', amr: ['swk'], authTime: new Date(1_750_000_000_999) } as const
    const expected = { acr: 'urn:cognito:loa:3', amr: ['swk'], auth_time: 1_750_000_000 }
    const { accessToken, idToken } = await pool.signIn(request)
    for (const token of [accessToken, idToken, await pool.idToken(request), await pool.forged.wrongKey(request)]) {
      expect(decodeJwt(token)).toMatchObject(expected)
    }
  })

  it('counts a duration from now, on the clock of the pool', async () => {
    const pool = await fakeCognito()
    pool.clock.advance('1h')
    const { auth_time, iat } = decodeJwt(await pool.accessToken({ authTime: '-10m' }))
    expect((iat as number) - (auth_time as number)).toBeGreaterThanOrEqual(599)
    expect((iat as number) - (auth_time as number)).toBeLessThanOrEqual(601)
  })

  it.each<[object, string]>([
    [{ acr: '' }, 'accessToken takes acr as text, not empty'],
    [{ acr: ['urn:cognito:loa:4'] }, 'accessToken takes acr as text, not a list'],
    [{ amr: 'pwd' }, 'accessToken takes amr as a list'],
    [{ authTime: 'yesterday' }, 'authTime must be a Date, or a duration from now in whole ms'],
    [{ authTime: new Date(Number.NaN) }, 'authTime must be a Date, or a duration from now'],
  ])('cannot be asked for as %j', async (request, message) => {
    await expect((await fakeCognito()).accessToken(request as never)).rejects.toThrow(message)
  })
})
