import type { Target } from '../target.ts'
import type { TestkitCost } from './testkit-cost.ts'

/** What is promised of the testkit, for medians by the clock; CPU beside it, which other work on the machine does not blur. */
export type TestkitPromise = 'first' | 'later' | 'inARow' | 'perSecond' | 'cpu'

/** In the unit of the figure; of tokens in a second it is the least, of everything else the most. */
export const testkitPromises: Readonly<Record<TestkitPromise, number>> = {
  first: 400,
  later: 60,
  inARow: 60,
  perSecond: 2_000,
  // Two thousand in a second on two cores.
  cpu: 1_000,
}

export function testkitTargets(cost: Pick<TestkitCost, TestkitPromise>): Readonly<Record<TestkitPromise, Target>> {
  const atMost = (name: string, of: TestkitPromise) => ({
    name,
    limit: testkitPromises[of],
    measured: cost[of].median,
  })
  return {
    first: atMost('first fake pool of a process, ms', 'first'),
    later: atMost('fake pool for a test after that, ms', 'later'),
    inARow: atMost('fake pools in a row, ms', 'inARow'),
    perSecond: {
      name: 'seconds for 2,000 tokens that the testkit signs',
      limit: 1,
      measured: testkitPromises.perSecond / cost.perSecond.median,
    },
    cpu: atMost('CPU for a token that the testkit signs, µs', 'cpu'),
  }
}
