import { describe, expect, it } from 'vitest'
import { createStaticJwks } from '../../src/keys/static-jwks.js'
import { signedAnswers } from '../../src/tokens/introspection-jwt.js'
import { httpResponse } from '../support/http-response.js'
import { manualClock } from '../support/manual-clock.js'
import { issue, signer, type TokenParts } from '../support/signing.js'

const ISSUER = 'https://auth.example.com'
const key = signer('ES256')
/** Half a second past a whole one. */
const SENT_AT = 1_700_000_000_500
const sentIn = Math.floor(SENT_AT / 1_000)

function setUp({ clockTolerance = 5_000, tookSeconds = 0 } = {}) {
  const keys = createStaticJwks({ keys: [key.jwk as never] }, ['ES256'], () => {})
  const clock = manualClock(SENT_AT + tookSeconds * 1_000)
  const format = signedAnswers({ issuer: ISSUER, audience: 'api', keys, algorithms: ['ES256'], clockTolerance, clock })
  const read = async (text: string, contentType: string | undefined = 'application/token-introspection+jwt') =>
    format.read(httpResponse(text, contentType), SENT_AT)
  return { keys, format, read }
}

function answer(changed: Record<string, unknown> = {}, header: TokenParts['header'] = {}, signedBy = key): string {
  const token_introspection = { active: true, sub: 'u1' }
  const payload = { iss: ISSUER, aud: 'api', iat: sentIn, token_introspection, ...changed }
  const typed = typeof header === 'string' ? header : { typ: 'token-introspection+jwt', ...header }
  return issue(signedBy, { header: typed, payload })
}

describe('a signed answer (RFC 9701)', () => {
  it('is asked for by its media type', () => {
    expect(setUp().format.accept).toBe('application/token-introspection+jwt')
  })

  it('brings its token_introspection', async () => {
    const { read } = setUp()
    await expect(read(answer())).resolves.toStrictEqual({ active: true, sub: 'u1' })
    await expect(read(answer({ aud: ['x', 'api'] }))).resolves.toMatchObject({ sub: 'u1' })
    await expect(read(answer({}, { typ: 'application/Token-Introspection+JWT' }))).resolves.toMatchObject({ sub: 'u1' })
    const type = 'Application/token-introspection+jwt; charset=utf-8'
    await expect(read(answer(), type)).resolves.toMatchObject({ sub: 'u1' })
  })

  it.each([undefined, '', 'application/json', 'application/jwt', 'application/token-introspection+json'])(
    'needs its media type, not %j',
    async (contentType) => {
      const { format } = setUp()
      await expect((async () => format.read(httpResponse(answer(), contentType), SENT_AT))()).rejects.toMatchObject({
        code: 'unexpected-content-type',
      })
    },
  )

  it.each<[string, string, string]>([
    ['without a type', answer({}, { typ: undefined }), 'type'],
    ['that is an access token', answer({}, { typ: 'at+jwt' }), 'type'],
    ['of another algorithm', answer({}, {}, signer('ES384')), 'algorithm'],
    ['of no algorithm', answer({}, { alg: 'none' }), 'algorithm'],
    ['of another issuer', answer({ iss: 'https://evil.example' }), 'another issuer'],
    ['without an issuer', answer({ iss: undefined }), 'another issuer'],
    ['for another client', answer({ aud: 'other' }), 'another client'],
    ['for other clients', answer({ aud: ['other'] }), 'another client'],
    ['for nobody', answer({ aud: undefined }), 'another client'],
    ['without a time', answer({ iat: undefined }), 'does not say when'],
    ['with a time of text', answer({ iat: String(sentIn) }), 'does not say when'],
    ['of plain members', answer({ token_introspection: undefined, active: true }), 'has no token_introspection'],
    ['with a list for an answer', answer({ token_introspection: [{ active: true }] }), 'has no token_introspection'],
    ['that is encrypted', `${answer()}.e.e`, 'is no JWT'],
    ['that is JSON', '{"active":true}', 'is no JWT'],
    ['with a critical header', answer({}, { crit: ['x'], x: 1 }), 'is no JWT'],
    ['after a byte order mark', `\uFEFF${answer()}`, 'is no JWT'],
  ])('is none: %s', async (_, text, message) => {
    const { read } = setUp()
    await expect(read(text)).rejects.toMatchObject({ name: 'UpstreamError', code: 'unexpected-content' })
    await expect(read(text)).rejects.toThrow(message)
  })

  it('is none with the signature of another key, or of a key nobody knows', async () => {
    const { read } = setUp()
    for (const stranger of [{ ...signer('ES256'), kid: key.kid }, signer('ES256')]) {
      await expect(read(answer({}, {}, stranger))).rejects.toThrow('does not verify')
    }
  })

  it('is none where no key is at hand', async () => {
    const { keys, read } = setUp()
    keys.close()
    await expect(read(answer())).rejects.toMatchObject({ code: 'no-usable-key' })
  })

  it('is none from the future, but for the tolerance', async () => {
    const { read } = setUp({ tookSeconds: 1 })
    await expect(read(answer({ iat: sentIn + 6 }))).resolves.toMatchObject({ sub: 'u1' })
    await expect(read(answer({ iat: sentIn + 7 }))).rejects.toThrow('is from the future')
  })

  it('is none when it is older than the question, but for the tolerance', async () => {
    const { read } = setUp({ tookSeconds: 1 })
    await expect(read(answer({ iat: sentIn - 5 }))).resolves.toMatchObject({ sub: 'u1' })
    await expect(read(answer({ iat: sentIn - 6 }))).rejects.toThrow('is older than the question')
  })

  it('may be of the very second of the question without any tolerance', async () => {
    const { read } = setUp({ clockTolerance: 0 })
    await expect(read(answer())).resolves.toMatchObject({ sub: 'u1' })
    await expect(read(answer({ iat: sentIn - 1 }))).rejects.toThrow('is older than the question')
  })

  it('says nothing of its content when it is refused', async () => {
    const { read } = setUp()
    const secret = { iss: 'very-secret', aud: 'very-secret', token_introspection: { sub: 'very-secret' } }
    const error: Error = await read(answer(secret)).then(
      () => new Error('read'),
      (thrown: Error) => thrown,
    )
    expect([error.message, error.stack, JSON.stringify(error), String(error.cause)].join()).not.toContain('very-secret')
  })
})
