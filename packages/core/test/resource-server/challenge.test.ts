import { describe, expect, it } from 'vitest'
import { refusals, type RefusalCode } from '../../src/outcomes/operator-codes.js'
import { bearerChallenge } from '../../src/resource-server/challenge.js'

const challenge = (reason: RefusalCode, scopes: string[] = [], realm = 'api') =>
  bearerChallenge({ reason, scopes, realm })

describe('bearerChallenge', () => {
  it('has no error code when there were no credentials (RFC 6750 §3.1)', () => {
    expect(challenge('no-credentials', ['a'])).toBe('Bearer realm="api"')
  })

  it('names the required scopes when one is missing', () => {
    expect(challenge('scope-missing', ['orders/read', 'orders/write'])).toBe(
      'Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a required scope", scope="orders/read orders/write"',
    )
  })

  it('names scopes for no other reason', () => {
    for (const reason of Object.keys(refusals) as RefusalCode[]) {
      if (reason !== 'scope-missing') expect(challenge(reason, ['a'])).not.toContain('scope=')
    }
  })

  it('never names the operator code', () => {
    for (const reason of Object.keys(refusals) as RefusalCode[]) expect(challenge(reason)).not.toContain(reason)
  })

  it('escapes what could end a quoted text, and drops what no header may hold', () => {
    expect(challenge('no-credentials', [], String.raw`a"b\c`)).toBe(String.raw`Bearer realm="a\"b\\c"`)
    expect(challenge('no-credentials', [], 'a\r\nSet-Cookie: x\u0000ü')).toBe('Bearer realm="aSet-Cookie: x"')
  })
})
