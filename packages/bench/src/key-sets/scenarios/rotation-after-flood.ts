import { answering } from '../key-endpoint.ts'
import { isAccepted, pause, type Scenario } from '../scenario.ts'

const SECONDS = 'a new key after a kid flood: until accepted'

/** The same after an attacker has used up what look-ups there are. */
export const rotationAfterFlood: Scenario = {
  rows: { [SECONDS]: { unit: 's', target: 1 } },
  settings: {},
  sideBySide: true,
  note: 'given up after 35 s, or where it is scaled after 3.5 s',
  async run({ verify, endpoint, tokens }, scale) {
    await verify(tokens.known[0] as string)
    for (const token of tokens.madeUp.slice(0, 20)) await Promise.race([isAccepted(verify, token), pause(100)])
    endpoint.answer = answering(() => tokens.sets.both)
    const start = performance.now()
    const patience = 35_000 * scale
    while (performance.now() - start < patience) {
      const token = tokens.rotated[0] as string
      if (await Promise.race([isAccepted(verify, token), pause(1_000).then(() => false)])) break
      await pause(50)
    }
    return { [SECONDS]: (performance.now() - start) / 1_000 }
  },
}
