import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createAssertionSigner } from '../../src/transport/client-assertion.js'
import { signer } from '../support/signing.js'

const context = { issuer: 'https://auth.example.com', now: Date.now() }

describe('a client assertion', () => {
  it.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('signed with %s is one that jose accepts', async (alg) => {
    const key = signer(alg)
    const privateKey = { ...key.privateKey.export({ format: 'jwk' }), alg, kid: 'k1' }
    const assertion = await createAssertionSigner({ clientId: 'api', privateKey })(context)
    const { payload, protectedHeader } = await jwtVerify(assertion, key.jwk, {
      issuer: 'api',
      subject: 'api',
      audience: 'https://auth.example.com',
      requiredClaims: ['jti', 'iat', 'exp'],
    })
    expect(protectedHeader).toStrictEqual({ alg, kid: 'k1' })
    expect((payload.exp as number) - (payload.iat as number)).toBe(60)
    expect(payload.iat).toBe(Math.floor(context.now / 1_000))
  })

  const { privateKey: key } = signer('ES256')
  const jwk = { ...key.export({ format: 'jwk' }), alg: 'ES256' }

  it('is made for one use', async () => {
    const sign = createAssertionSigner({ clientId: 'api', privateKey: jwk })
    const [first, second] = [await sign(context), await sign(context)]
    expect(decodeJwt(first).jti).not.toBe(decodeJwt(second).jti)
    expect(decodeProtectedHeader(first)).toStrictEqual({ alg: 'ES256' })
  })

  it('may be addressed to another audience', async () => {
    const sign = createAssertionSigner({ clientId: 'api', privateKey: jwk, audience: 'https://auth.example.com/token' })
    expect(decodeJwt(await sign(context)).aud).toBe('https://auth.example.com/token')
  })

  it('does not need a key that says it is for signing', async () => {
    const sign = createAssertionSigner({ clientId: 'api', privateKey: { ...jwk, use: 'enc', key_ops: ['verify'] } })
    await expect(sign(context)).resolves.toBeTypeOf('string')
  })

  it.each<[object, string]>([
    [{ clientId: '' }, 'privateKeyJwt.clientId must be text'],
    [{ privateKey: 'pem' }, 'privateKeyJwt.privateKey must be a JWK'],
    [{ privateKey: { ...jwk, d: undefined } }, 'privateKeyJwt.privateKey must be a private key (with d)'],
    [{ privateKey: { ...jwk, alg: 'HS256' } }, 'privateKeyJwt.privateKey.alg must be one of RS256, PS256'],
    [{ privateKey: { ...jwk, alg: undefined } }, 'privateKeyJwt.privateKey.alg must be one of'],
    [{ privateKey: { ...jwk, kid: 5 } }, 'privateKeyJwt.privateKey.kid must be text'],
    [{ keyId: 'a' }, 'privateKeyJwt.keyId is not an option'],
  ])('cannot be made with wrong options: %#', (changed, message) => {
    expect(() => createAssertionSigner({ clientId: 'api', privateKey: jwk, ...changed } as never)).toThrow(message)
  })

  it('cannot be made with a key of another kind, and does not say what is in it', async () => {
    const sign = createAssertionSigner({ clientId: 'api', privateKey: { ...jwk, alg: 'RS256' } })
    const error: Error = await sign(context).then(
      () => new Error('signed'),
      (thrown: Error) => thrown,
    )
    expect(error.message).toBe('privateKeyJwt.privateKey is not a private key for RS256')
    expect(error.cause).toBeUndefined()
  })
})
