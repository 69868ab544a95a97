import { median } from '../../measure/statistics.ts'
import { answering } from '../key-endpoint.ts'
import { pause, type Scenario } from '../scenario.ts'

const P50 = 'p50 while JWKS answers in 4 s'

/** The keys are to be fetched again, and the endpoint takes its time. */
export const slowRefresh: Scenario = {
  rows: { [P50]: { unit: 'ms', target: 2 } },
  settings: { refreshAfter: 1_000, maxAge: 3_600_000, timeout: 10_000 },
  sideBySide: true,
  async run({ verify, endpoint, tokens }, scale) {
    await verify(tokens.known[0] as string)
    await pause(1_100)
    const delay = 4_000 * scale
    endpoint.answer = (request, response) =>
      void pause(delay).then(() => answering(() => tokens.sets.before)(request, response))
    const latencies: Promise<number>[] = []
    const end = performance.now() + delay
    for (let index = 0; performance.now() < end; index += 1) {
      const start = performance.now()
      const token = tokens.known[index % tokens.known.length] as string
      latencies.push(verify(token).then(() => performance.now() - start))
      await pause(100)
    }
    return { [P50]: median(await Promise.all(latencies)) }
  },
}
