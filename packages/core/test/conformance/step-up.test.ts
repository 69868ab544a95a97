import { AssertionError } from 'node:assert'
import { conformance, type ConformanceCaseId, type ConformancePolicy } from '@tokenward/testkit/conformance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { without } from '../support/broken-adapters/broken-adapter.js'
import { type Decide, decideByCore, startFetchApp } from '../support/conformance-app.js'
import type { Principal, ResourceServer } from '../../src/index.js'

type Demands = Pick<ConformancePolicy, 'acrValues' | 'maxAge'>

/** What RFC 9470 asks for, in as few words as a test can say it. */
interface StepUp {
  /** Whose sign-in is looked at. */
  readonly asksOnlyOfGoodTokens: boolean
  readonly isStrongEnough: (demands: Demands, principal: Principal) => boolean
  readonly isRecentEnough: (demands: Demands, principal: Principal, now: number) => boolean
  readonly challenge: (demands: Demands) => string
}

const byTheRfc: StepUp = {
  asksOnlyOfGoodTokens: true,
  isStrongEnough: ({ acrValues }, { claims }) => acrValues === undefined || acrValues.includes(String(claims['acr'])),
  isRecentEnough: ({ maxAge }, { claims }, now) =>
    maxAge === undefined || now - Number(claims['auth_time']) * 1_000 <= 300_000,
  challenge({ acrValues, maxAge }) {
    const told = { acr_values: acrValues?.join(' '), max_age: maxAge && '300' }
    const parameters = Object.entries(told).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}="${value}"`,
    )
    return ['Bearer realm="x"', 'error="insufficient_user_authentication"', ...parameters].join(', ')
  },
}

function suiteWith(stepUp: StepUp) {
  const suite = conformance({
    name: 'step-up',
    capabilities: ['step-up'],
    start(app) {
      const demandsOf = new Map(app.routes.map(({ name, policy }) => [name, policy]))
      const routes = app.routes.map((route) => ({ ...route, policy: without(route.policy, 'acrValues', 'maxAge') }))
      const decideWith = (api: ResourceServer): Decide => {
        const decide = decideByCore(api)
        return async (request, route) => {
          const outcome = await decide(request, route)
          const demands = demandsOf.get(route.name) as Demands
          if (outcome === 'anonymous') return outcome
          if (outcome.outcome !== 'granted' && stepUp.asksOnlyOfGoodTokens) return outcome
          const isEnough =
            outcome.outcome === 'granted' &&
            stepUp.isStrongEnough(demands, outcome.principal) &&
            stepUp.isRecentEnough(demands, outcome.principal, app.clock.now())
          const headers = { 'WWW-Authenticate': stepUp.challenge(demands), 'Cache-Control': 'no-store' } as const
          return isEnough ? outcome : ({ ...outcome, outcome: 'refused', status: 401, headers, body: {} } as never)
        }
      }
      return startFetchApp({ ...app, routes }, { decideWith })
    },
  })
  onTestFinished(() => suite.close())
  return suite.cases.filter(({ id }) => id.startsWith('step-up-'))
}

describe('step-up', () => {
  it('as the RFC has it passes every case', async () => {
    for (const { run } of suiteWith(byTheRfc)) await run()
  })

  const anyoneElse: readonly [string, Partial<StepUp>, readonly ConformanceCaseId[]][] = [
    [
      'that is never asked for',
      { isStrongEnough: () => true, isRecentEnough: () => true },
      ['step-up-acr', 'step-up-max-age', 'step-up-both'],
    ],
    ['that nobody can do', { isStrongEnough: () => false }, ['step-up-acr-met', 'step-up-max-age-met']],
    [
      'that a class within another meets',
      {
        isStrongEnough: ({ acrValues = [] }, { claims }) =>
          acrValues.some((acr) => String(claims['acr']).includes(acr)),
      },
      ['step-up-acr'],
    ],
    [
      'that counts from when the token was issued',
      { isRecentEnough: (_, { claims }, now) => now - Number(claims['iat']) * 1_000 <= 300_000 },
      ['step-up-max-age', 'step-up-both'],
    ],
    ['that is asked of anybody', { asksOnlyOfGoodTokens: false }, ['step-up-of-a-stranger']],
    [
      'that does not say what is needed',
      { challenge: () => 'Bearer realm="x", error="insufficient_user_authentication"' },
      ['step-up-acr', 'step-up-max-age', 'step-up-both'],
    ],
    [
      'that says one thing after the other',
      {
        challenge: ({ acrValues, maxAge }) =>
          byTheRfc.challenge(acrValues ? { acrValues } : { maxAge: maxAge as '5m' }),
      },
      ['step-up-both'],
    ],
  ]

  it.each(anyoneElse)('%s is noticed', async (_, changed, fails) => {
    for (const { id, run } of suiteWith({ ...byTheRfc, ...changed })) {
      if (fails.includes(id as ConformanceCaseId)) await expect(run(), id).rejects.toThrow(AssertionError)
    }
  })

  it('has a mistake that each case notices', () => {
    const noticed = new Set(anyoneElse.flatMap(([, , fails]) => fails))
    expect(suiteWith(byTheRfc).filter(({ id }) => !noticed.has(id))).toStrictEqual([])
  })
})
