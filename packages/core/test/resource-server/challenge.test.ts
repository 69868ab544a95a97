import { describe, expect, it } from 'vitest'
import { definePolicy, type RoutePolicy } from '../../src/index.js'
import { refusals, type RefusalCode } from '../../src/outcomes/operator-codes.js'
import { bearerChallenge, demandsOf } from '../../src/resource-server/challenge.js'

const codes = Object.keys(refusals) as RefusalCode[]
const challenge = (reason: RefusalCode, policy: RoutePolicy = {}, realm = 'api') =>
  bearerChallenge(reason, demandsOf(definePolicy(policy), realm))

describe('bearerChallenge', () => {
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

  it('never names the operator code', () => {
    for (const reason of codes) expect(challenge(reason)).not.toContain(reason)
  })

  it('escapes what could end a quoted text, and drops what no header may hold', () => {
    expect(challenge('no-credentials', {}, String.raw`a"b\c`)).toBe(String.raw`Bearer realm="a\"b\\c"`)
    expect(challenge('no-credentials', {}, 'a\r\nSet-Cookie: x\u0000ü')).toBe('Bearer realm="aSet-Cookie: x"')
  })
})
