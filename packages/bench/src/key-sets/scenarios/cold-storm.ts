import type { Scenario } from '../scenario.ts'

/** A process that has just started, and everybody comes at once. */
export const coldStorm: Scenario = {
  rows: { '1,000 concurrent cold requests: fetches': { unit: 'fetches', target: 1 } },
  settings: {},
  sideBySide: false,
  async run({ verify, endpoint, tokens }, scale) {
    const requests = Array.from({ length: scale < 1 ? 50 : 1_000 }, (_, index) =>
      verify(tokens.known[index % 100] as string),
    )
    await Promise.all(requests)
    return { '1,000 concurrent cold requests: fetches': endpoint.fetches }
  },
}
