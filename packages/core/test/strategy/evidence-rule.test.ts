import { describe, expect, it } from 'vitest'
import { ageOfAnswer, ageOfIssue, keepsPromise, newTokenKeepsPromise } from '../../src/strategy/evidence-rule.js'

const at = (wall: number, monotonic = wall) => ({ wall, monotonic })

describe('the age of evidence', () => {
  it('charges the tolerance to the time of issue: the clock of the issuer may be ahead', () => {
    expect(ageOfIssue(1_000, at(4_000), 500)).toBe(3_500)
    expect(ageOfIssue(4_400, at(4_000), 500)).toBe(100)
  })

  it('counts an answer from when its call was sent, on the clock that moved further, and a tick more', () => {
    expect(ageOfAnswer(at(1_000, 10), at(1_200, 15))).toBe(201)
    expect(ageOfAnswer(at(1_000, 10), at(900, 50))).toBe(41)
  })
})

describe('the promise of a route', () => {
  it('is kept up to its bound', () => {
    expect([keepsPromise(30_000, 30_000), keepsPromise(30_001, 30_000)]).toStrictEqual([true, false])
    expect(keepsPromise(Number.MAX_SAFE_INTEGER, 'token-lifetime')).toBe(true)
  })

  it('of no lag at all is kept by nothing that has an age', () => {
    for (const age of [-1_000, 0, 1]) expect(keepsPromise(age, 0)).toBe(false)
  })

  it('can be kept by a new token only where the bound exceeds the tolerance', () => {
    expect([5_001, 5_000, 0].map((lag) => newTokenKeepsPromise(lag, 5_000))).toStrictEqual([true, false, false])
    expect(newTokenKeepsPromise('token-lifetime', 5_000)).toBe(true)
  })
})
