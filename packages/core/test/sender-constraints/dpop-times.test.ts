import { describe, expect, it } from 'vitest'
import { endOfProof, refusalByProofTime } from '../../src/sender-constraints/dpop-times.js'

const NOW = 1_700_000_000_000
const times = { maxProofAge: 60_000, clockTolerance: 5_000 }
const refusal = (claims: { readonly iat?: number; readonly exp?: number; readonly nbf?: number }) =>
  refusalByProofTime({ iat: NOW, exp: undefined, nbf: undefined, ...claims }, times, NOW)

describe('the time of a proof', () => {
  it('is now, as far as clocks can tell (RFC 9449 §11.1)', () => {
    expect(refusal({})).toBeUndefined()
    expect(refusal({ iat: NOW + 5_000 })).toBeUndefined()
    expect(refusal({ iat: NOW + 5_001 })).toBe('dpop-proof-from-the-future')
    expect(refusal({ iat: NOW - 65_000 })).toBeUndefined()
    expect(refusal({ iat: NOW - 65_001 })).toBe('dpop-proof-too-old')
    expect(refusal({ iat: NaN })).toBe('dpop-proof-from-the-future')
  })

  it('is within what the proof says itself', () => {
    expect(refusal({ exp: NOW - 4_999 })).toBeUndefined()
    expect(refusal({ exp: NOW - 5_000 })).toBe('dpop-proof-too-old')
    expect(refusal({ nbf: NOW + 5_000 })).toBeUndefined()
    expect(refusal({ nbf: NOW + 5_001 })).toBe('dpop-proof-from-the-future')
  })

  it('ends when the proof is refused for its age', () => {
    const end = endOfProof({ iat: NOW }, times)
    const at = (now: number) => refusalByProofTime({ iat: NOW, exp: undefined, nbf: undefined }, times, now)
    expect(at(end - 1)).toBeUndefined()
    expect(at(end)).toBe('dpop-proof-too-old')
  })
})
