import { answering } from '../key-endpoint.ts'
import { isAccepted, pause, type Scenario } from '../scenario.ts'

const ACCEPTED = 'withdrawn key still accepted after maxAge'

/** A key was stolen, and its owner has taken it from the set. Nobody comes with an unknown key meanwhile. */
export const withdrawnKey: Scenario = {
  rows: { [ACCEPTED]: { unit: 'of 10 tokens', target: 0 } },
  settings: { refreshAfter: 1_000, maxAge: 2_000 },
  sideBySide: true,
  async run({ verify, endpoint, tokens }) {
    await verify(tokens.known[0] as string)
    endpoint.answer = answering(() => tokens.sets.after)
    await pause(2_200)
    let accepted = 0
    for (const token of tokens.known.slice(0, 10)) {
      if (await isAccepted(verify, token)) accepted += 1
      await pause(50)
    }
    return { [ACCEPTED]: accepted }
  },
}
