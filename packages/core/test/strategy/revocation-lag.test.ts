import { describe, expect, it } from 'vitest'
import { combinePolicies, ConfigurationError, definePolicy, type RoutePolicy } from '../../src/index.js'

const lagsOf = (policy: RoutePolicy) => {
  const { maxRevocationLag, maxRevocationLagDuringOutage } = definePolicy(policy)
  return [maxRevocationLag, maxRevocationLagDuringOutage]
}

describe('the numbers of a policy', () => {
  it.each<[string, RoutePolicy, readonly unknown[]]>([
    ['nothing', {}, ['token-lifetime', undefined]],
    ['the lifetime, in words', { maxRevocationLag: 'token-lifetime' }, ['token-lifetime', undefined]],
    ['no lag', { maxRevocationLag: '0s' }, [0, undefined]],
    ['a duration', { maxRevocationLag: '30s' }, [30_000, undefined]],
    ['milliseconds', { maxRevocationLag: 1_500 }, [1_500, undefined]],
    ['a year', { maxRevocationLag: '365d' }, [31_536_000_000, undefined]],
    ['two', { maxRevocationLag: '0s', maxRevocationLagDuringOutage: '5m' }, [0, 300_000]],
    ['two that are the same', { maxRevocationLag: '1m', maxRevocationLagDuringOutage: '1m' }, [60_000, 60_000]],
  ])('are milliseconds: %s', (_, policy, lags) => {
    expect(lagsOf(policy)).toStrictEqual(lags)
  })

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a word',
      { maxRevocationLag: 'never' },
      "maxRevocationLag must be 'token-lifetime', or a duration from 0s to 365d: whole ms, s, m, h or d, such as '30s'",
    ],
    ['a negative number', { maxRevocationLag: -1 }, 'maxRevocationLag must be'],
    ['no number', { maxRevocationLag: Number.NaN }, 'maxRevocationLag must be'],
    ['infinity', { maxRevocationLag: Infinity }, 'maxRevocationLag must be'],
    ['null', { maxRevocationLag: null }, 'maxRevocationLag must be'],
    ['an age beyond a year', { maxRevocationLag: '366d' }, 'maxRevocationLag must be'],
    [
      'an outage bound that is no duration',
      { maxRevocationLag: '0s', maxRevocationLagDuringOutage: 'token-lifetime' },
      'maxRevocationLagDuringOutage must be a duration from 0s to 365d',
    ],
    [
      'an outage bound below the other',
      { maxRevocationLag: '1m', maxRevocationLagDuringOutage: '59s' },
      'maxRevocationLagDuringOutage must not be below maxRevocationLag, which is 1m',
    ],
    [
      'an outage bound where nothing is asked',
      { maxRevocationLagDuringOutage: '1m' },
      "maxRevocationLagDuringOutage needs maxRevocationLag to be a duration; with 'token-lifetime' none is asked",
    ],
  ])('are refused when the policy is made: %s', (_, policy, message) => {
    expect(() => definePolicy(policy)).toThrow(ConfigurationError)
    expect(() => definePolicy(policy)).toThrow(`policy.${message}`)
  })
})

describe('combined policies', () => {
  const combined = (...policies: readonly [RoutePolicy, ...RoutePolicy[]]) => {
    const [first, ...others] = policies.map((policy) => definePolicy(policy))
    const { maxRevocationLag, maxRevocationLagDuringOutage } = combinePolicies(
      first as NonNullable<typeof first>,
      ...others,
    )
    return [maxRevocationLag, maxRevocationLagDuringOutage]
  }

  it('keep the smallest bound of all', () => {
    expect(combined({ maxRevocationLag: '30s' }, {}, { maxRevocationLag: '10s' })).toStrictEqual([10_000, undefined])
    expect(combined({}, {})).toStrictEqual(['token-lifetime', undefined])
  })

  it('relax in an outage only what each of them relaxes', () => {
    const relaxed = { maxRevocationLag: '10s', maxRevocationLagDuringOutage: '5m' } as const
    expect(combined(relaxed, {})).toStrictEqual([10_000, 300_000])
    expect(combined(relaxed, { maxRevocationLag: '30s' })).toStrictEqual([10_000, undefined])
    expect(combined(relaxed, { maxRevocationLag: '30s', maxRevocationLagDuringOutage: '1m' })).toStrictEqual([
      10_000, 60_000,
    ])
  })
})
