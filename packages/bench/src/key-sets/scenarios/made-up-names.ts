import { isAccepted, pause, type Scenario } from '../scenario.ts'

const FETCHES = '1,000 random kids: fetches'
const SETTLED = '1,000 random kids: until all are settled'
/** Some keep those waiting that they do not look up. */
const PATIENCE = 3_000

/** An attacker who makes up names of keys. */
export const madeUpNames: Scenario = {
  rows: { [FETCHES]: { unit: 'fetches', target: 2 }, [SETTLED]: { unit: 'ms', target: 1_000 } },
  settings: {},
  sideBySide: false,
  async run({ verify, endpoint, tokens }, scale) {
    await verify(tokens.known[0] as string)
    const madeUp = scale < 1 ? tokens.madeUp.slice(0, 50) : tokens.madeUp
    const before = endpoint.fetches
    const start = performance.now()
    const flood = Promise.all(madeUp.map((token) => isAccepted(verify, token)))
    const accepted = await Promise.race([flood, pause(PATIENCE)])
    if (Array.isArray(accepted) && accepted.includes(true)) throw new Error('A made-up key was accepted')
    return { [FETCHES]: endpoint.fetches - before, [SETTLED]: performance.now() - start }
  },
}
