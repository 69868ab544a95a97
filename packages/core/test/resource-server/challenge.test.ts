import { describe, expect, it } from 'vitest'
import * as oauth from 'oauth4webapi'
import fc from 'fast-check'
import { definePolicy, type RoutePolicy } from '../../src/index.js'
import { refusals, type RefusalCode } from '../../src/outcomes/operator-codes.js'
import { challengesOf, demandsOf } from '../../src/resource-server/challenge.js'
import { parseChallenge } from '../support/challenge-parser.js'

const codes = Object.keys(refusals) as RefusalCode[]
const challenge = (reason: RefusalCode, policy: RoutePolicy = {}, realm = 'api', resourceMetadata?: string) =>
  challengesOf(reason, demandsOf(definePolicy(policy), { realm, resourceMetadata }))

describe('challengesOf', () => {
  it('has no error code when there were no credentials (RFC 6750 §3.1)', () => {
    expect(challenge('no-credentials', { scopes: ['a'], acrValues: ['mfa'] })).toBe('Bearer realm="api"')
  })

  it('names the required scopes when one is missing', () => {
    expect(challenge('scope-missing', { scopes: ['orders/read', 'orders/write'] })).toBe(
      'Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a required scope", scope="orders/read orders/write"',
    )
  })

  it('names scopes for no other reason', () => {
    for (const reason of codes) {
      if (reason !== 'scope-missing') expect(challenge(reason, { scopes: ['a'] })).not.toContain('scope=')
    }
  })

  it('says what a login has to be like when it is not, all of it (RFC 9470 §3)', () => {
    const policy = { scopes: ['a'], acrValues: ['phr', 'urn:mfa'], maxAge: '5m' } as const
    expect(challenge('acr-not-accepted', policy)).toBe(
      'Bearer realm="api", error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="phr urn:mfa", max_age="300"',
    )
    expect(challenge('authentication-too-old', policy)).toBe(
      'Bearer realm="api", error="insufficient_user_authentication", error_description="More recent authentication is required", acr_values="phr urn:mfa", max_age="300"',
    )
    expect(challenge('authentication-too-old', { maxAge: '1d' })).toMatch(/required", max_age="86400"$/)
    expect(challenge('acr-not-accepted', { acrValues: ['mfa'] })).toMatch(/required", acr_values="mfa"$/)
  })

  it('says so for no other reason', () => {
    for (const reason of codes) {
      if (refusals[reason].error === 'insufficient_user_authentication') continue
      expect(challenge(reason, { acrValues: ['mfa'], maxAge: '5m' })).not.toMatch(/acr_values|max_age/)
    }
  })

  it('names the address of the metadata, where there is one, for every reason (RFC 9728 §5.1)', () => {
    const address = 'https://api.example/.well-known/oauth-protected-resource/orders'
    for (const reason of codes) {
      expect(challenge(reason, {}, 'api', address)).toContain(`realm="api", resource_metadata="${address}"`)
      expect(challenge(reason)).not.toContain('resource_metadata')
    }
  })

  it('never names the operator code', () => {
    for (const reason of codes) expect(challenge(reason)).not.toContain(reason)
  })

  it('escapes what could end a quoted text, and drops what no header may hold', () => {
    expect(challenge('no-credentials', {}, String.raw`a"b\c`)).toBe(String.raw`Bearer realm="a\"b\\c"`)
    expect(challenge('no-credentials', {}, 'a\r\nSet-Cookie: x\u0000ü')).toBe('Bearer realm="aSet-Cookie: x"')
  })
})

describe('what a challenge says', () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
  const characters = "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~"
  const name = fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 8 })
  const names = fc.array(name, { minLength: 1, maxLength: 4 })
  const policies = fc
    .record({
      scopes: fc.option(names),
      anyScope: fc.option(names),
      acrValues: fc.option(names),
      maxAge: fc.option(fc.integer({ min: 1, max: 31_536_000 }).map((seconds) => seconds * 1_000)),
    })
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as RoutePolicy)
  const said = fc.record({
    reason: fc.constantFrom(...codes),
    policy: policies,
    realm: printable,
    address: fc.option(fc.constantFrom('https://api.example/.well-known/oauth-protected-resource/a,b;c=d'), {
      nil: undefined,
    }),
  })

  /** Everything that must be read back, and nothing else. */
  function expected({ reason, policy, realm, address }: typeof said extends fc.Arbitrary<infer Said> ? Said : never) {
    const { error, description } = refusals[reason]
    const { scopes = [], anyScope = [], acrValues = [], maxAge } = policy
    const isLogin = error === 'insufficient_user_authentication'
    return {
      realm,
      ...(address !== undefined && { resource_metadata: address }),
      ...(error !== undefined && { error, error_description: description }),
      ...(reason === 'scope-missing' && { scope: [...new Set([...scopes, ...anyScope])].join(' ') }),
      ...(isLogin && acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      ...(isLogin && maxAge !== undefined && { max_age: String((maxAge as number) / 1_000) }),
    }
  }

  it('is read back by the grammar of RFC 9110 §11.6.1, each parameter once', () => {
    fc.assert(
      fc.property(said, (given) => {
        const text = challenge(given.reason, given.policy, given.realm, given.address)
        expect(parseChallenge(text)).toStrictEqual({ scheme: 'Bearer', parameters: Object.entries(expected(given)) })
      }),
    )
  })

  it('is read back by a client', async () => {
    await fc.assert(
      fc.asyncProperty(said, async (given) => {
        const { reason, policy, realm, address } = given
        const headers = { 'www-authenticate': challenge(reason, policy, realm, address) }
        const answer = async () => new Response(null, { status: refusals[reason].status, headers })
        const call = oauth.protectedResourceRequest('t', 'GET', new URL('https://api.example'), undefined, undefined, {
          [oauth.customFetch]: answer,
        })
        const error: unknown = await call.catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
        const { cause } = error as oauth.WWWAuthenticateChallengeError
        expect(cause).toMatchObject([{ scheme: 'bearer', parameters: expected(given) }])
      }),
    )
  })
})
