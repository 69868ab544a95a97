import { perProcess, type TokenwardEvent } from '@tokenward/nextjs'

/** What an operator is told of a request, and a client is not. No token, no name: codes alone. */
export interface LoggedDecision {
  readonly route: string | undefined
  readonly reason: string
}

const log = () => perProcess<LoggedDecision[]>('operator log', () => [])

export function recordEvent(event: TokenwardEvent): void {
  if (event.type !== 'request-refused' && event.type !== 'request-unavailable') return
  log().unshift({ route: event.route, reason: event.reason })
  log().splice(20)
}

export function lastDecisions(): readonly LoggedDecision[] {
  return log()
}
