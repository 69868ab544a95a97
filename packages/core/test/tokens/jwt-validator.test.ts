import { describe, expect, it } from 'vitest'
import { algorithms, type SignatureAlgorithm } from '../../src/keys/algorithms.js'
import { json } from '../support/loopback-server.js'
import { createJwtValidator } from '../../src/tokens/jwt-validator.js'
import { parseCompactJws } from '../../src/tokens/compact-jws.js'
import { createStaticJwks } from '../../src/keys/static-jwks.js'
import { genericProfile } from '../../src/issuers/jwt-profiles.js'
import { issue, sealed, signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe.each(Object.keys(algorithms) as SignatureAlgorithm[])('a token signed with %s', (alg) => {
  it('is accepted where the issuer is configured for it', async () => {
    const issuer = await testIssuer({ alg })
    const { api } = serverFor(issuer, { algorithms: [alg] })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('is refused, without any fetch, where it is not', async () => {
    const issuer = await testIssuer({ alg })
    const { api } = serverFor(issuer, { algorithms: [alg === 'ES256' ? 'RS256' : 'ES256'] })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({
      status: 401,
      reason: 'algorithm-not-allowed',
    })
    expect(issuer.jwks.requests).toHaveLength(0)
  })
})

describe('the algorithm', () => {
  it.each(['none', 'None', 'HS256', 'HS512', 'RS1', 'ES256K', 'RSA-OAEP', 'dir', '', 'constructor', '__proto__'])(
    'is never %j',
    async (alg) => {
      const issuer = await testIssuer()
      const { api } = serverFor(issuer)
      expect(await api.authorize(withToken(issuer.token({}, { alg })))).toMatchObject({
        reason: 'algorithm-not-allowed',
      })
      expect(issuer.jwks.requests).toHaveLength(0)
    },
  )

  it('is the one of the key, not only one of the configured', async () => {
    const key = signer('RS256')
    const issuer = await testIssuer({ key: { ...key, jwk: { ...key.jwk, alg: 'PS256' } } })
    const { api } = serverFor(issuer, { algorithms: ['RS256', 'PS256'] })
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ status: 401, reason: 'key-not-usable' })
  })
})

describe('the signature', () => {
  it('is checked', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const [header, , signature] = issuer.token().split('.')
    const changed = `${header}.${encode(issuer.claims({ sub: 'somebody-else' }))}.${signature}`
    expect(await api.authorize(withToken(changed))).toMatchObject({ status: 401, reason: 'signature-invalid' })
  })

  it("is refused when it is another key's under the right name", async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const token = issuer.token({}, {}, signer('RS256', { kid: issuer.key.kid }))
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'signature-invalid' })
  })

  it('is found among several keys of one name', async () => {
    const other = signer('RS256')
    const issuer = await testIssuer()
    issuer.jwks.answer = json({ keys: [{ ...other.jwk, kid: issuer.key.kid }, issuer.key.jwk] })
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
  })

  it('is found among the fitting keys when the token names none', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = json({ keys: [signer('RS256').jwk, issuer.key.jwk] })
    const token = issuer.token({}, { kid: undefined })
    expect(await serverFor(issuer).api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
  })

  it('is not checked with a key that the token brings along', async () => {
    const issuer = await testIssuer()
    const own = signer('RS256')
    const headers = [
      { jwk: own.jwk, kid: own.kid },
      { jku: issuer.jwks.url, kid: own.kid },
      { x5u: issuer.jwks.url, x5c: ['MIIB'], kid: own.kid },
    ]
    const { api } = serverFor(issuer)
    for (const header of headers) {
      expect(await api.authorize(withToken(issuer.token({}, header, own)))).toMatchObject({
        outcome: 'refused',
        reason: 'unknown-key',
      })
      issuer.clock.advance(10_000)
    }
    expect(new Set(issuer.jwks.requests.map(({ url }) => url))).toStrictEqual(new Set(['/']))
  })

  it('is not checked for HMAC with the public key', async () => {
    const issuer = await testIssuer()
    const input = `${encode({ alg: 'HS256', kid: issuer.key.kid })}.${encode(issuer.claims())}`
    const { createHmac } = await import('node:crypto')
    for (const secret of [JSON.stringify(issuer.key.jwk), issuer.key.jwk['n'] as string]) {
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      expect(await serverFor(issuer).api.authorize(withToken(token))).toMatchObject({ reason: 'algorithm-not-allowed' })
    }
  })
})

describe('cheap refusals', () => {
  it('cause no network call', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { maxTokenAge: '1d' })
    const now = Math.floor(issuer.clock.now() / 1_000)
    const { token } = issuer
    const cases: [string, string][] = [
      ['token-malformed', 'opaque-token'],
      ['token-malformed', issue(issuer.key, { payload: '[]' })],
      ['token-too-large', 'a'.repeat(20_000)],
      ['critical-header', token({}, { crit: ['exp'] })],
      ['issuer-not-trusted', token({ iss: 'https://evil.example' })],
      ['issuer-not-trusted', token({ iss: `${issuer.options.issuer}/` })],
      ['issuer-not-trusted', token({ iss: undefined })],
      ['issuer-not-trusted', token({ iss: [issuer.options.issuer] })],
      ['issuer-not-trusted', token({ iss: '__proto__' })],
      ['algorithm-not-allowed', token({}, { alg: 'none' })],
      ['token-type-not-accepted', token({}, { typ: 'dpop+jwt' })],
      ['token-expired', token({ exp: now - 6 })],
      ['claims-malformed', token({ exp: undefined })],
      ['claims-malformed', token({ exp: `${now + 600}` })],
      ['token-not-yet-valid', token({ nbf: now + 60 })],
      ['issued-in-the-future', token({ iat: now + 60 })],
      ['token-too-old', token({ iat: now - 2 * 86_400 })],
      ['claims-malformed', token({ iat: undefined })],
      ['claims-malformed', token({ scope: 7 })],
      ['claims-malformed', token({ groups: 'admin' })],
      ['id-token-presented', token({ at_hash: 'a' })],
      ['audience-not-accepted', token({ aud: 'other-api' })],
      ['audience-not-accepted', token({ aud: undefined })],
    ]
    for (const [reason, presented] of cases) {
      expect(await api.authorize(withToken(presented)), reason).toMatchObject({
        outcome: 'refused',
        status: 401,
        reason,
      })
    }
    expect(issuer.jwks.requests).toHaveLength(0)
  })
})

describe('a token with a cnf claim', () => {
  it.each([
    [{ 'x5t#S256': 'A'.repeat(43) }],
    [{ jkt: 'A'.repeat(43) }],
    [{ jwk: {} }],
    [{ 'x5t#S256': 'A', jkt: 'B' }],
    [{}],
    [null],
    [''],
    ['text'],
    [7],
    [false],
    [[]],
  ])('of value %j is refused where nothing checks it', async (cnf) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    expect(await api.authorize(withToken(issuer.token({ cnf })))).toMatchObject({
      outcome: 'refused',
      status: 401,
      reason: 'sender-constraint-unchecked',
    })
  })
})

it('a validator takes its own issuer only, though the signature be good', async () => {
  const key = signer('ES256')
  const validator = createJwtValidator({
    issuer: 'https://a.example',
    keys: createStaticJwks({ keys: [key.jwk as never] }, ['ES256'], () => {}),
    algorithms: ['ES256'],
    profile: genericProfile({ audience: null }),
    times: { clockTolerance: 0, maxTokenAge: undefined },
  })
  const validate = (iss: string) => {
    const jws = parseCompactJws(issue(key, { payload: { iss, sub: 's', exp: 2_000 } }), 16_384)
    return typeof jws === 'string' ? jws : validator.validate(jws, { wall: 1_000_000, monotonic: 0 })
  }
  expect(await validate('https://a.example')).toMatchObject({ facts: { issuer: 'https://a.example' } })
  expect(await validate('https://b.example')).toBe('claims-malformed')
})

describe('keys', () => {
  it('never cross issuers, also where two use the same name', async () => {
    const [a, b] = [
      await testIssuer({ key: signer('RS256', { kid: 'same' }) }),
      await testIssuer({ key: signer('RS256', { kid: 'same' }) }),
    ]
    const { api } = serverFor([a, b])
    expect(await api.authorize(withToken(a.token()))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(b.token()))).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(a.token({ iss: b.options.issuer })))).toMatchObject({
      reason: 'signature-invalid',
    })
    expect(await api.authorize(withToken(b.token({ iss: a.options.issuer })))).toMatchObject({
      reason: 'signature-invalid',
    })
  })

  it('that are weak or for other uses verify nothing', async () => {
    const weak = signer('RS256', { modulusLength: 1024 })
    const sound = signer('RS256')
    for (const [key, jwk] of [
      [weak, weak.jwk],
      [sound, { ...sound.jwk, use: 'enc' }],
      [sound, { ...sound.jwk, key_ops: ['sign'] }],
      [sound, { ...sound.jwk, alg: 'RS512' }],
    ] as const) {
      const issuer = await testIssuer()
      issuer.jwks.answer = json({ keys: [jwk, signer('RS256').jwk] })
      expect(await serverFor(issuer).api.authorize(withToken(issuer.token({}, {}, key)))).toMatchObject({
        outcome: 'refused',
      })
    }
  })

  it('that cannot be used spoil none of the others', async () => {
    const issuer = await testIssuer()
    issuer.jwks.answer = json({
      keys: [null, 7, { kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256' }, issuer.key.jwk],
    })
    const { api, events } = serverFor(issuer)
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(events.filter(({ type }) => type === 'jwk-ignored')).toMatchObject([
      { index: 0 },
      { index: 1 },
      { index: 2 },
      { index: 3 },
    ])
  })
})

it('a token is judged by the signature over its own text', async () => {
  const issuer = await testIssuer()
  const { api } = serverFor(issuer)
  const spaced = `${encode({ alg: 'RS256', kid: issuer.key.kid })}.${Buffer.from(JSON.stringify(issuer.claims(), null, 2)).toString('base64url')}`
  expect(await api.authorize(withToken(sealed(spaced, issuer.key)))).toMatchObject({ outcome: 'granted' })
})
