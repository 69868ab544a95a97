import { AssertionError } from 'node:assert'
import type { ConformanceCaseId } from '@tokenward/testkit/conformance'
import { afterAll, describe, expect, it } from 'vitest'
// From the inside, so that issuers with their RSA keys are made once for all adapters.
import { type CataloguedCase, catalogue } from '../../../testkit/src/conformance/catalogue.js'
import { openFakes } from '../../../testkit/src/conformance/fakes.js'
import { openWorld } from '../../../testkit/src/conformance/world.js'
import { brokenAnswers } from '../support/broken-adapters/answers.js'
import type { BrokenAdapter } from '../support/broken-adapters/broken-adapter.js'
import { brokenCredentials } from '../support/broken-adapters/credentials.js'
import { brokenEvidence } from '../support/broken-adapters/evidence.js'
import { brokenPolicies } from '../support/broken-adapters/policies.js'
import { brokenRequests } from '../support/broken-adapters/requests.js'
import { brokenSenders } from '../support/broken-adapters/senders.js'
import { startFetchApp } from '../support/conformance-app.js'

const broken: Readonly<Record<string, BrokenAdapter>> = {
  ...brokenCredentials,
  ...brokenAnswers,
  ...brokenPolicies,
  ...brokenEvidence,
  ...brokenRequests,
  ...brokenSenders,
}

const issuers = openFakes({ withStepUp: true })
const issuersOfBoundTokens = openFakes({ withSenders: true })
afterAll(async () => {
  for (const fakes of [issuers, issuersOfBoundTokens]) await (await fakes).close()
})

const caseOf = (id: ConformanceCaseId) => catalogue.find((each) => each.id === id) as CataloguedCase

/** What a case says about an adapter. */
async function verdict(start: BrokenAdapter['start'], { check, capability }: CataloguedCase): Promise<unknown> {
  const fakes = await (capability === 'sender-constraints' ? issuersOfBoundTokens : issuers)
  const world = await openWorld(start, fakes)
  try {
    return await check(world).then(
      () => 'passed',
      (error: unknown) => error,
    )
  } finally {
    fakes.recover()
    await world.close()
  }
}

describe('an adapter that', () => {
  it.each(Object.entries(broken))('%s is noticed', async (_, { start, fails }) => {
    expect(fails.length).toBeGreaterThan(0)
    for (const id of fails) {
      // By what the case looks for, not because something fell over.
      expect(await verdict(start, caseOf(id)), id).toBeInstanceOf(AssertionError)
    }
  })
})

describe('a case', () => {
  const noticed = new Set<ConformanceCaseId>(Object.values(broken).flatMap(({ fails }) => fails))

  // The other way round than the suite runs them: none may need what another leaves behind.
  it.each(catalogue.map(({ id }) => id).toReversed())('%s notices a mistake, and is met without', async (id) => {
    expect(noticed.has(id)).toBe(true)
    expect(await verdict(startFetchApp, caseOf(id))).toBe('passed')
  })
})
