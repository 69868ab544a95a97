import { describe, expect, it } from 'vitest'
import { isRefusalCode, refusals, unavailabilities } from '../../src/outcomes/operator-codes.js'

describe('the table of refusals', () => {
  it('gives every status its wire code (RFC 6750 §3.1, RFC 9470 §3, RFC 9449 §7.1)', () => {
    const ofLogins = new Set(['acr-not-accepted', 'authentication-too-old'])
    const ofNonces = new Set(['dpop-nonce-missing', 'dpop-nonce-not-accepted'])
    // Not of the proof, but of the token that came with it.
    const ofTokens = new Set(['dpop-token-as-bearer', 'dpop-token-not-bound', 'dpop-key-mismatch'])
    const unauthorized = (code: string) => {
      if (ofLogins.has(code)) return 'insufficient_user_authentication'
      if (ofNonces.has(code)) return 'use_dpop_nonce'
      return code.startsWith('dpop-') && !ofTokens.has(code) ? 'invalid_dpop_proof' : 'invalid_token'
    }
    for (const [code, { status, error }] of Object.entries(refusals)) {
      const expected = { 400: 'invalid_request', 401: unauthorized(code), 403: 'insufficient_scope' }
      expect(error, code).toBe(code === 'no-credentials' ? undefined : expected[status])
    }
  })

  it('describes in the characters RFC 6750 §3 allows, and names no operator code', () => {
    for (const [code, { description }] of Object.entries({ ...refusals, ...unavailabilities })) {
      expect(description, code).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(description).not.toContain('-')
    }
  })

  it('tells refusals from unavailability', () => {
    expect(Object.keys(refusals).every(isRefusalCode)).toBe(true)
    expect(Object.keys(unavailabilities).some(isRefusalCode)).toBe(false)
    expect(isRefusalCode('toString')).toBe(false)
  })
})
