import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combinePolicies, definePolicy, type Duration, type RoutePolicy } from '../../src/index.js'
import { canBeHeld, lagsWhenDecided } from '../../src/strategy/held-decision.js'

const made = (policy: RoutePolicy) => () => definePolicy(policy)

describe('a policy for decisions that are held', () => {
  it('says for how long; none is, unless told', () => {
    expect(definePolicy({}).heldFor).toBe(0)
    expect(definePolicy({ heldFor: '5m' }).heldFor).toBe(300_000)
    expect(definePolicy({ heldFor: '0s', maxRevocationLag: '0s' }).heldFor).toBe(0)
  })

  it.each(['25h', -1, 'long', Number.NaN] as Duration[])('is not made for %s', (heldFor) => {
    expect(made({ heldFor })).toThrow(/^policy\.heldFor must be a duration from 0s to 1d/)
  })

  it.each<Duration>(['5m', '299s', '0s'])(
    'is not made where a revoked token may be accepted for %s and the decision for 5m',
    (lag) => {
      expect(made({ heldFor: '5m', maxRevocationLag: lag })).toThrow(
        'policy.maxRevocationLag must be above 5m, for which a decision is held: one made now would break it by then',
      )
    },
  )

  it('is made where the bound is above', () => {
    expect(made({ heldFor: '5m', maxRevocationLag: '301s' })).not.toThrow()
    expect(made({ heldFor: '5m', maxRevocationLag: 'token-lifetime' })).not.toThrow()
  })

  it('is not made where the login has to be as young as that', () => {
    expect(made({ heldFor: '5m', maxAge: '5m' })).toThrow(/^policy\.maxAge must be above 5m/)
    expect(made({ heldFor: '5m', maxAge: '6m' })).not.toThrow()
  })

  it('is not made for what a decision point says of one request', () => {
    expect(made({ heldFor: '1s', action: 'read' })).toThrow(/^policy\.action is for decisions about one request/)
    expect(made({ action: 'read' })).not.toThrow()
  })

  it('holds for the longest time of those combined, and keeps the rules', () => {
    const [short, long] = [definePolicy({ heldFor: '1m' }), definePolicy({ heldFor: '5m' })]
    expect(combinePolicies(definePolicy({ scopes: ['a'] }), short, long)).toMatchObject({
      scopes: ['a'],
      heldFor: 300_000,
    })
    const bounded = definePolicy({ maxRevocationLag: '2m' })
    expect(combinePolicies(bounded, short).heldFor).toBe(60_000)
    expect(() => combinePolicies(bounded, long)).toThrow(/^policy\.maxRevocationLag must be above 5m/)
    expect(() => combinePolicies(long, definePolicy({ action: 'read' }))).toThrow(/^policy\.action/)
  })
})

describe('evidence for a decision that is held', () => {
  it('has to be younger by that time, in an outage, too', () => {
    const policy = definePolicy({ heldFor: '30s', maxRevocationLag: '60s', maxRevocationLagDuringOutage: '10m' })
    expect(lagsWhenDecided(policy)).toStrictEqual({
      maxRevocationLag: 30_000,
      maxRevocationLagDuringOutage: 570_000,
    })
    expect(lagsWhenDecided(definePolicy({ heldFor: '30s' }))).toStrictEqual({
      maxRevocationLag: 'token-lifetime',
      maxRevocationLagDuringOutage: undefined,
    })
    // A watch decides under a bound of its own, which may be below.
    expect(lagsWhenDecided({ ...policy, maxRevocationLag: 1_000 }).maxRevocationLag).toBe(0)
  })

  it('keeps the bound of the policy at every instant at which it is repeated', () => {
    const milliseconds = fc.integer({ min: 1, max: 100_000 })
    const held = fc.record({ heldFor: milliseconds, more: milliseconds, outage: milliseconds })
    const proof = fc.record({ age: fc.nat(400_000), lagMs: fc.nat(400_000), relaxed: fc.boolean() })
    fc.assert(
      fc.property(held, proof, fc.integer({ min: 0, max: 1_000 }), ({ heldFor, more, outage }, given, part) => {
        const maxRevocationLag = heldFor + more
        const maxRevocationLagDuringOutage = maxRevocationLag + outage
        const policy = definePolicy({ heldFor, maxRevocationLag, maxRevocationLagDuringOutage })
        const now = 1_000_000
        const evidence = { source: 'local-validation', asOf: now - given.age, ...given } as const
        const repeatedAt = now + (heldFor * part) / 1_000
        const bound = given.relaxed ? maxRevocationLagDuringOutage : maxRevocationLag
        if (canBeHeld(policy, evidence, now)) expect(repeatedAt - evidence.asOf).toBeLessThanOrEqual(bound)
        const atTheEnd = Math.max(given.age, given.lagMs) + heldFor
        expect(canBeHeld(policy, evidence, now)).toBe(atTheEnd <= bound)
      }),
    )
  })

  it('of no known age keeps no bound but the lifetime of the token', () => {
    const evidence = { source: 'local-validation', asOf: undefined, lagMs: undefined, relaxed: false } as const
    expect(canBeHeld(definePolicy({ heldFor: '1s', maxRevocationLag: '1h' }), evidence, 0)).toBe(false)
    expect(canBeHeld(definePolicy({ heldFor: '1s' }), evidence, 0)).toBe(true)
    expect(canBeHeld(definePolicy({ maxRevocationLag: '1h' }), evidence, 0)).toBe(true)
  })
})
