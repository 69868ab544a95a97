import { answering } from '../key-endpoint.ts'
import { refusedDuring, type Scenario } from '../scenario.ts'

const REFUSED = 'valid tokens refused in a rotation'

/** A new key signs from one moment to the next, right after the keys were fetched. */
export const rotation: Scenario = {
  rows: { [REFUSED]: { unit: 'tokens', target: 0 } },
  settings: {},
  sideBySide: true,
  async run({ verify, endpoint, tokens }, scale) {
    await verify(tokens.known[0] as string)
    endpoint.answer = answering(() => tokens.sets.both)
    const milliseconds = 4_000 * scale
    return { [REFUSED]: await refusedDuring(verify, tokens.rotated, { milliseconds, every: 50 }) }
  },
}
