import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Simulation } from '../support/simulation.js'

/** The mutation run asks for fewer, and for the same ones each time: what a broken rule breaks shows early. */
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 100_000)
const SEED = process.env['SEED']

/** What a schedule must be able to run into; each of them in at least one of fifty. */
const EXERCISED = [
  'local-validation',
  'revocation-list',
  'cached-answer',
  'live-call',
  'relaxed',
  'token-revoked',
  'token-expired',
  'revocation-lag-exceeded',
  'evidence-unobtainable',
  'live-check-failed',
] as const

it('keeps the promise, revokes for good and lets in whom it must, over random schedules', async () => {
  // Outages are errors, and nobody reads where they were made.
  Error.stackTraceLimit = 0
  const tally = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 40, maxLength: 140, size: 'max' }), async (program) => {
      const seen = await new Simulation(program).run()
      for (const kind of seen) tally.set(kind, (tally.get(kind) ?? 0) + 1)
    }),
    { numRuns: SCHEDULES, ...(SEED !== undefined && { seed: Number(SEED), endOnFailure: true }) },
  )
  const shares = Object.fromEntries([...tally].toSorted().map(([kind, count]) => [kind, count / SCHEDULES]))
  // oxlint-disable-next-line no-console -- the shares are part of what the run shows
  console.info(`Share of ${SCHEDULES} schedules that ran into each:`, shares)
  for (const kind of EXERCISED) expect(shares[kind] ?? 0, kind).toBeGreaterThanOrEqual(0.02)
}, 600_000)
