import { lag } from './columns.ts'
import type { LabResults } from './results.ts'

/** What has to be known to read the table, one sentence or two each. */
export function explanationsOf(results: LabResults): readonly string[] {
  const { machine, node, date, workload, unprotected, settings, pollMs, outageMs } = results
  const { requests, perSecond, tokens } = workload
  const trials = settings[0]?.lagMeasuredMs.n ?? 0
  return [
    `Measured with \`npm run lab\` on ${date.slice(0, 10)}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${node}.`,
    `Latency is that of ${count(requests)} granted requests, ${perSecond} a second with ${tokens} tokens in turn. Client, API and authorization server share one process and talk over loopback: add a round trip of your network for each call. The same API without protection: p50 ${unprotected.p50Ms} ms, p99 ${unprotected.p99Ms} ms.`,
    `Each setting revokes ${trials} tokens, at moments spread over the bound, and asks every ${lag(pollMs)} until one is refused: what is shown includes that step, ${lag(pollMs)} at most, and the answer's own time. \`clockTolerance\` is \`'0s'\`, since all clocks are one; elsewhere it comes on top of a token's lifetime, and of no other bound.`,
    `An outage lasts ${lag(outageMs)}: the fake Cognito cuts every connection, \`oidc-provider\` closes its port. Nothing is answered 401 or 403 because of it.`,
  ]
}

function count(number: number): string {
  return number.toLocaleString('en')
}
