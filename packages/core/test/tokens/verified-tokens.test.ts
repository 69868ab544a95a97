import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectIssuers } from '../../src/issuers/issuer-registry.js'
import { genericProfile } from '../../src/issuers/jwt-profiles.js'
import { trustedIssuer } from '../../src/issuers/trusted-issuer.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { createAuthenticator } from '../../src/resource-server/authentication.js'
import { type CompactJws, parseCompactJws } from '../../src/tokens/compact-jws.js'
import { createJwtValidator } from '../../src/tokens/jwt-validator.js'
import { TokenKey } from '../../src/tokens/token-key.js'
import type { VerifiedToken } from '../../src/tokens/verified-token.js'
import { VerifiedTokens } from '../../src/tokens/verified-tokens.js'
import { readInstant } from '../../src/transport/clock.js'
import { keysFromEndpoint, MAX_AGE, REFRESH_AFTER } from '../support/key-endpoint.js'
import { issue, signer } from '../support/signing.js'

const facts = {
  issuer: 'https://a.example',
  subject: 's',
  clientId: undefined,
  scopes: [],
  groups: [],
  claims: { iss: 'https://a.example', sub: 's', exp: 1 },
  expiresAt: 1_000,
  issuedAt: undefined,
}
const verified = (sub: string): VerifiedToken => ({
  facts: { ...facts, subject: sub },
  header: { alg: 'ES256', kid: 'a', typ: undefined },
  key: { algorithm: 'ES256', handle: undefined, signatureLength: 64 },
  notBefore: undefined,
})

async function addTwice(tokens: VerifiedTokens, token: string, sub = token): Promise<void> {
  for (let i = 0; i < 2; i++) await tokens.add(token, verified(sub))
}

/** Their signatures differ as signatures do. */
const tokenOf = (index: number) => `a.b.${index}`.padEnd(20, String.fromCharCode(65 + (index % 26)))

describe('the memory of verified tokens', () => {
  it('holds what it was told twice', async () => {
    const tokens = new VerifiedTokens(10)
    await tokens.add('header.payload.signature', verified('u1'))
    expect(await tokens.find('header.payload.signature')).toBeUndefined()
    expect(tokens.size).toBe(0)
    await tokens.add('header.payload.signature', verified('u1'))
    expect(await tokens.find('header.payload.signature')).toMatchObject(verified('u1'))
  })

  it('finds the very same token alone, whatever another has in common with it', async () => {
    const tokens = new VerifiedTokens(10)
    await addTwice(tokens, 'header.payload.signature')
    for (const other of [
      'header.payload.Signature',
      'header.Payload.signature',
      'Header.payload.signature',
      'eader.payload.signature',
      'xheader.payload.signature',
      ' header.payload.signature',
      'signature',
      'header.payload.signatur',
      'header.payload.signature=',
      // Its low byte is that of the letter it stands for.
      'header.p\u0161yload.signature',
      '',
    ]) {
      expect(await tokens.find(other), other).toBeUndefined()
    }
  })

  it('tells tokens apart that end alike: the last one is remembered, and none is taken for another', async () => {
    const tokens = new VerifiedTokens(10)
    await addTwice(tokens, 'a.b.signature', 'first')
    await addTwice(tokens, 'a.c.signature', 'second')
    expect(await tokens.find('a.b.signature')).toBeUndefined()
    expect(await tokens.find('a.c.signature')).toMatchObject(verified('second'))
    expect(tokens.size).toBe(1)
  })

  it('forgets the oldest when it is full', async () => {
    const tokens = new VerifiedTokens(3)
    for (let index = 0; index < 5; index++) await addTwice(tokens, tokenOf(index))
    expect(tokens.size).toBe(3)
    expect(await tokens.find(tokenOf(1))).toBeUndefined()
    expect(await tokens.find(tokenOf(2))).toBeDefined()
  })

  it('is not emptied by tokens that come once, however many', async () => {
    const tokens = new VerifiedTokens(3)
    await addTwice(tokens, 'a.b.the-one-that-comes-again')
    for (let index = 0; index < 1_000; index++) await tokens.add(tokenOf(index), verified('u'))
    expect(tokens.size).toBe(1)
    expect(await tokens.find('a.b.the-one-that-comes-again')).toBeDefined()
  })

  it('notices that a token comes again, whatever has come in between, within its size', async () => {
    const tokens = new VerifiedTokens(1_000)
    const all = Array.from({ length: 300 }, () => `a.b.${randomBytes(64).toString('base64url')}`)
    for (const token of all) await tokens.add(token, verified('u'))
    for (const token of all) await tokens.add(token, verified('u'))
    // Two may share a place; then the second is noticed when it comes once more.
    expect(tokens.size).toBeGreaterThan(200)
  })

  it('forgets one when it is told to', async () => {
    const tokens = new VerifiedTokens(10)
    for (const token of ['a.b.first-one', 'a.b.second-one']) await addTwice(tokens, token)
    tokens.delete('a.b.first-one')
    expect(await tokens.find('a.b.first-one')).toBeUndefined()
    expect(await tokens.find('a.b.second-one')).toBeDefined()
  })

  it('forgets all when it is closed, and holds nothing any more', async () => {
    const tokens = new VerifiedTokens(10)
    await addTwice(tokens, 'a.b.before')
    await tokens.add('a.b.meanwhile', verified('u'))
    const adding = tokens.add('a.b.meanwhile', verified('u'))
    tokens.close()
    await adding
    await addTwice(tokens, 'a.b.after')
    expect(tokens.size).toBe(0)
    for (const token of ['a.b.before', 'a.b.meanwhile', 'a.b.after']) expect(await tokens.find(token)).toBeUndefined()
  })
})

describe('over random schedules of rotations, outages, clocks and requests', () => {
  const ISSUER = 'https://a.example'
  const start = 1_800_000_000
  const keys = Object.fromEntries(['a', 'b'].map((kid) => [kid, signer('ES256', { kid })]))
  /** A second key of the same name: a rotation that changes nothing but the key. */
  const impostor = signer('ES256', { kid: 'a' })
  const times = { clockTolerance: 5_000, maxTokenAge: 7_200_000 }
  const tokens = [
    { kid: 'a', iat: start, exp: start + 60 },
    { kid: 'a', iat: start, exp: start + 86_400 },
    { kid: 'b', iat: start, exp: start + 86_400 },
    { kid: 'a', iat: start + 600, exp: start + 86_400, nbf: start + 900 },
    { kid: 'b', exp: start + 7_200 },
  ].map(({ kid, ...payload }) =>
    issue(keys[kid] as never, { payload: { iss: ISSUER, sub: 'u', scope: 'x', groups: ['g'], ...payload } }),
  )
  const published = {
    a: [keys['a']],
    b: [keys['b']],
    ab: [keys['a'], keys['b']],
    impostor: [impostor, keys['b']],
  }

  type Step =
    | { readonly do: 'present'; readonly token: number }
    | { readonly do: 'wait' | 'step'; readonly ms: number }
    | { readonly do: 'publish'; readonly set: keyof typeof published }
    | { readonly do: 'outage' | 'recovery' }

  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constant('present' as const), token: fc.nat(tokens.length - 1) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(500, 5_000, 60_000, REFRESH_AFTER, MAX_AGE),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('step' as const), ms: fc.constantFrom(-MAX_AGE, -5_000, 5_000, MAX_AGE) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        set: fc.constantFrom('a' as const, 'b' as const, 'ab' as const, 'impostor' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('outage' as const, 'recovery' as const) }) },
  )

  it('what is remembered is accepted where a fresh validation accepts it, with the same facts, and nowhere else', async () => {
    const seen = { remembered: 0, ended: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const { source, upstream, clock } = keysFromEndpoint({ startsAt: start * 1_000 })
        const validator = createJwtValidator({
          issuer: ISSUER,
          keys: source,
          algorithms: ['ES256'],
          profile: genericProfile({ audience: null }),
          times,
        })
        let verifications = 0
        const counted = {
          ...validator,
          validate(jws: CompactJws, now: never) {
            verifications += 1
            return validator.validate(jws, now)
          },
        }
        const evidence = {
          propagationDelay: 0,
          issuedAtIsEvidence: true,
          maxTokenLifetime: undefined,
          inactiveMemory: 0,
        }
        const trusted = trustedIssuer([ISSUER], {
          ...times,
          carriesScopes: true,
          evidence,
          opaqueTokens: false,
          connect: () => ({ keys: source, validator: counted }),
        })
        const issuers = connectIssuers([trusted], { http: {} as never, clock, emit: () => {} })
        const authenticator = createAuthenticator({
          issuers,
          maxTokenBytes: 16_384,
          maxVerifiedTokens: 3,
          isClosed: () => false,
        })
        const accepted = new Set<number>()
        for (const action of steps) {
          if (action.do === 'wait') clock.advance(action.ms)
          if (action.do === 'step') clock.stepWall(action.ms)
          if (action.do === 'outage') upstream.failure = new UpstreamError('timeout', 'down')
          if (action.do === 'recovery') upstream.failure = undefined
          if (action.do === 'publish') {
            upstream.document = { keys: published[action.set].map((key) => key?.jwk) as never }
          }
          if (action.do === 'present') {
            // What is due is fetched now, so that no refresh lands between the two questions.
            await source.load().catch(() => {})
            const token = tokens[action.token] as string
            const before = verifications
            const now = readInstant(clock)
            const authentication = await authenticator.authenticate(token, now)
            const isRemembered = verifications === before
            const fresh = await validator.validate(parseCompactJws(token, 16_384) as CompactJws, now)
            if (isRemembered) {
              seen.remembered += 1
              expect(authentication).toMatchObject({ kind: 'validated' })
              expect(typeof fresh).toBe('object')
              const { key } = authentication as { key: TokenKey }
              expect(await key.compute()).toBe(await new TokenKey(token.slice(0, token.lastIndexOf('.'))).compute())
              expect((authentication as { facts: unknown }).facts).toStrictEqual((fresh as VerifiedToken).facts)
            } else if (accepted.has(action.token) && typeof fresh === 'string') {
              seen.ended += 1
              expect(authentication).toMatchObject({ kind: 'failed' })
            }
            if (authentication.kind === 'validated') accepted.add(action.token)
          }
        }
      }),
      { numRuns: 400 },
    )
    expect(seen.remembered).toBeGreaterThan(150)
    expect(seen.ended).toBeGreaterThan(30)
  })
})
