import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  type AuthenticationContext,
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  credentialsOf,
  isClientAuthentication,
  privateKeyJwt,
  tlsClientAuth,
} from '../../src/transport/client-authentication.js'
import { signer } from '../support/signing.js'

const context: AuthenticationContext = { issuer: 'https://auth.example.com', now: 1_700_000_000_000 }
const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'

describe('client_secret_basic', () => {
  it('form-encodes both parts before base64 (RFC 6749 §2.3.1)', async () => {
    const { headers } = await credentialsOf(clientSecretBasic('a:b c', 'pä+ss%'), context)
    const [scheme, value] = (headers?.['authorization'] ?? '').split(' ')
    expect([scheme, atob(value ?? '')]).toStrictEqual(['Basic', 'a%3Ab+c:p%C3%A4%2Bss%25'])
  })
})

describe('client_secret_post', () => {
  it('puts both into the form', async () => {
    expect(await credentialsOf(clientSecretPost('api', 's3'), context)).toStrictEqual({
      parameters: { client_id: 'api', client_secret: 's3' },
    })
  })
})

describe('tls_client_auth', () => {
  it('names the client, and hands the certificate to the connection', async () => {
    const certificate = { certificate: PEM, privateKey: PEM }
    expect(await credentialsOf(tlsClientAuth({ clientId: 'api', ...certificate }), context)).toStrictEqual({
      parameters: { client_id: 'api' },
      certificate,
    })
    expect(await credentialsOf(tlsClientAuth({ clientId: 'api' }), context)).toStrictEqual({
      parameters: { client_id: 'api' },
    })
  })

  it('hands over the same certificate each time, so that connections can be kept', async () => {
    const authentication = tlsClientAuth({ clientId: 'api', certificate: PEM, privateKey: PEM })
    const [first, second] = [await credentialsOf(authentication, context), await credentialsOf(authentication, context)]
    expect(first.certificate).toBe(second.certificate)
  })
})

describe('a bearer token', () => {
  it('may be brought anew for each call', async () => {
    let calls = 0
    const authentication = bearerToken(async () => `token-${++calls}`)
    for (const expected of ['Bearer token-1', 'Bearer token-2']) {
      expect((await credentialsOf(authentication, context)).headers).toStrictEqual({ authorization: expected })
    }
    expect((await credentialsOf(bearerToken('fixed'), context)).headers).toStrictEqual({
      authorization: 'Bearer fixed',
    })
  })

  it('that nobody brought is an error', async () => {
    await expect(
      credentialsOf(
        bearerToken(() => ''),
        context,
      ),
    ).rejects.toThrow('bearerToken.token must be text')
  })
})

const privateKey = { ...signer('ES256').privateKey.export({ format: 'jwk' }), alg: 'ES256' }

describe.each([
  ['client_secret_basic', clientSecretBasic('api', 'very-secret')],
  ['client_secret_post', clientSecretPost('api', 'very-secret')],
  ['private_key_jwt', privateKeyJwt({ clientId: 'api', privateKey: { ...privateKey, kid: 'very-secret' } })],
  ['tls_client_auth', tlsClientAuth({ clientId: 'api', certificate: PEM, privateKey: `${PEM}very-secret` })],
  ['bearer', bearerToken('very-secret')],
] as const)('%s', (method, authentication) => {
  it('tells its method and client, and hides its secret from everything that prints or copies it', () => {
    expect(authentication.method).toBe(method)
    expect(authentication.clientId).toBe(method === 'bearer' ? undefined : 'api')
    expect(isClientAuthentication(authentication)).toBe(true)
    expect(isClientAuthentication({ ...authentication })).toBe(false)
    const printed = [JSON.stringify(authentication), inspect(authentication, { showHidden: true, depth: 9 })].join()
    expect(printed).not.toContain('very-secret')
    expect(Object.isFrozen(authentication)).toBe(true)
  })
})

describe('options', () => {
  it.each<[() => unknown, string]>([
    [() => clientSecretBasic('', 's'), 'clientSecretBasic.clientId must be text that is not empty'],
    [() => clientSecretBasic('a', undefined as never), 'clientSecretBasic.clientSecret must be text'],
    [
      () => clientSecretBasic('a', 's\n'),
      'clientSecretBasic.clientSecret must be text that is not empty, with no space',
    ],
    [() => clientSecretPost('a', ''), 'clientSecretPost.clientSecret must be text'],
    [() => bearerToken(''), 'bearerToken.token must be text'],
    [
      () => tlsClientAuth({ clientId: 'a', certificate: PEM }),
      'tlsClientAuth takes certificate and privateKey together',
    ],
    [
      () => tlsClientAuth({ clientId: 'a', certificate: 'x', privateKey: PEM }),
      'tlsClientAuth.certificate must be PEM text',
    ],
    [() => tlsClientAuth({ clientId: 'a', cert: PEM } as never), 'tlsClientAuth.cert is not an option'],
  ])('are refused when they are given: %#', (make, message) => {
    expect(make).toThrow(message)
  })
})
