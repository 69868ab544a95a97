import type { MeasuredSetting } from './run-lab.ts'
import type { Workload } from './measurements/load.ts'

/** A server that is back is seen to be back within a second, whatever the circuit breaker thought of it. */
const BACK_WITHIN_MS = 1_000

/** What was measured and contradicts what is declared, in words; empty when nothing does. */
export function problemsOf(measured: MeasuredSetting, workload: Workload): readonly string[] {
  const { setting } = measured.running
  return [lagProblem(measured), upstreamProblem(measured, workload), ...outageProblems(measured)]
    .filter((problem) => problem !== undefined)
    .map((problem) => `${setting.maxRevocationLag}, ${setting.tokensOf}, ${setting.source}: ${problem}`)
}

/** A request that was sent later than the bound allows must not be granted; how often was asked plays no part. */
function lagProblem({ running, trials }: MeasuredSetting): string | undefined {
  const { lagBoundMs } = running.setting
  const latest = Math.max(...trials.map(({ grantedUntil }) => grantedUntil))
  if (latest <= lagBoundMs) return undefined
  return `a token was accepted ${latest.toFixed(1)} ms after its revocation; the bound is ${lagBoundMs} ms`
}

/** None where nobody is asked, one for each request on `'0s'`, else one for each token and duration. */
function upstreamProblem({ running, load }: MeasuredSetting, { requests, tokens }: Workload): string | undefined {
  const { setting, explanation } = running
  const periods = Math.floor(load.elapsed / setting.lagBoundMs) + 1
  const [least, most] = !explanation.sources.includes('live-call')
    ? [0, 0]
    : setting.lagBoundMs === 0
      ? [requests, requests]
      : [tokens, tokens * periods]
  const { upstreamCalls } = load
  if (upstreamCalls >= least && upstreamCalls <= most) return undefined
  return `${upstreamCalls} calls for ${requests} requests; there are ${least} to ${most} to be made`
}

function outageProblems({ running, outage }: MeasuredSetting): readonly string[] {
  if (outage === undefined) return []
  const { setting, explanation } = running
  const { granted, unavailable, refused, grantedUntil = 0, backAfter } = outage
  const problems: string[] = []
  if (refused > 0) problems.push(`${refused} good tokens were refused in an outage`)
  if (explanation.duringOutage === 'unaffected' && unavailable > 0) {
    problems.push(`${unavailable} requests were answered 503 in an outage, of ${unavailable + granted}`)
  }
  if (explanation.duringOutage === 'unavailable') {
    if (unavailable === 0) problems.push('an outage went unnoticed')
    if (grantedUntil > setting.lagBoundMs) {
      problems.push(`a request was granted ${grantedUntil.toFixed(1)} ms into an outage`)
    }
  }
  if (backAfter > BACK_WITHIN_MS) problems.push(`it took ${backAfter.toFixed(0)} ms to come back after an outage`)
  return problems
}
