import { outage } from '../key-endpoint.ts'
import { pause, refusedDuring, type Scenario } from '../scenario.ts'

const REFUSED = 'valid tokens refused, endpoint down 30 s past refresh age'
const FETCHES = 'fetches meanwhile'

/** The endpoint is gone when the keys are to be fetched again, and for half a minute. */
export const outagePastRefresh: Scenario = {
  rows: { [REFUSED]: { unit: 'tokens', target: 0 }, [FETCHES]: { unit: 'fetches', target: 15 } },
  settings: { refreshAfter: 1_000, maxAge: 3_600_000 },
  sideBySide: true,
  async run({ verify, endpoint, tokens }, scale) {
    await verify(tokens.known[0] as string)
    endpoint.answer = outage
    await pause(1_100)
    const before = endpoint.fetches
    const milliseconds = 30_000 * scale
    const refused = await refusedDuring(verify, tokens.known, { milliseconds, every: 100 })
    return { [REFUSED]: refused, [FETCHES]: endpoint.fetches - before }
  },
}
