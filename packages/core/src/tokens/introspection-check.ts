import { UpstreamError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import { type Attempt, createCircuitBreaker } from '../transport/circuit-breaker.js'
import { type Clock, monotonicNow } from '../transport/clock.js'
import { createConcurrencyLimit } from '../transport/concurrency-limit.js'
import type { IntrospectionResponse } from '../vocabulary/introspection-response.js'
import { factsOfConfirmedToken, factsOfOpaqueToken, type IntrospectedFactsOptions } from './introspected-facts.js'
import type { IntrospectionClient } from './introspection-client.js'
import type { LiveCheck } from './live-check.js'

export interface IntrospectionCheckOptions extends IntrospectedFactsOptions {
  readonly client: IntrospectionClient
  readonly clock: Clock
  readonly emit: Emit
  /** Milliseconds for one call. */
  readonly timeout: number
  /** Calls at once; tokens that nobody vouches for may take a quarter. */
  readonly maxConcurrency: number
  /** Whether it is asked about opaque tokens, too. */
  readonly opaqueTokens: boolean
}

/** Loud, and yet no flood: a rejected client is rejected again with every request. */
const REPORT_EVERY_MS = 60_000

/**
 * Introspection as a live check, with what keeps a server that fails, or is slow, from taking this one with it. The
 * circuit and the limit belong to one endpoint and one client.
 */
export function createIntrospectionCheck(options: IntrospectionCheckOptions): LiveCheck {
  const { client, clock, emit, issuer, timeout, opaqueTokens } = options
  const breaker = createCircuitBreaker(() => monotonicNow(clock))
  const limit = createConcurrencyLimit(options.maxConcurrency)
  let reportedAt: number | undefined

  function report(error: unknown): void {
    if (!(error instanceof UpstreamError) || error.code !== 'client-rejected') return
    const now = monotonicNow(clock)
    if (reportedAt !== undefined && now >= reportedAt && now - reportedAt < REPORT_EVERY_MS) return
    reportedAt = now
    emit({ type: 'client-credentials-rejected', at: clock.now(), issuer })
  }

  async function introspect(token: string, credible: boolean): Promise<IntrospectionResponse> {
    const attempt = breaker.admit()
    if (attempt === undefined) {
      throw new UpstreamError('circuit-open', 'The introspection endpoint failed several times in a row')
    }
    const leave = limit.enter(credible)
    if (leave === undefined) {
      attempt.abandoned()
      throw new UpstreamError('call-limited', 'As many introspection calls as are allowed at once are under way')
    }
    try {
      const response = await client.introspect(token, timeout)
      attempt.succeeded()
      return response
    } catch (error) {
      attempt[endOf(error, credible)]()
      report(error)
      throw error
    } finally {
      leave()
    }
  }

  return {
    endpoints: ['introspection'],
    reaches: (facts) => facts !== undefined || opaqueTokens,
    async ask({ token, facts, credible, sentAt }) {
      const response = await introspect(token, credible)
      if (!response.active) return { active: false }
      const { members } = response
      const at = clock.now()
      if (facts === undefined) return { active: true, facts: factsOfOpaqueToken(members, options, sentAt.wall, at) }
      const confirmed = factsOfConfirmedToken(facts, members, options, at)
      if (confirmed === 'introspection-contradicts-token') {
        emit({ type: 'introspection-contradiction', at, issuer, clientId: facts.clientId })
      }
      return { active: true, facts: confirmed }
    },
  }
}

/**
 * What a call that failed says about the server. A stranger's token may be what a server stumbles over, so that only
 * calls about credible ones show that it is broken; a connection or a time-out has nothing to do with the token.
 */
function endOf(error: unknown, credible: boolean): keyof Attempt {
  if (!(error instanceof UpstreamError)) return 'abandoned'
  const { code, httpStatus = 0 } = error
  switch (code) {
    case 'connection-failed':
    case 'timeout':
      return 'failed'
    case 'client-rejected':
    case 'throttled':
      return 'succeeded'
    case 'server-error':
    case 'redirect':
    case 'unexpected-content-type':
    case 'unexpected-content':
    case 'too-large':
      return credible ? 'failed' : 'abandoned'
    case 'unexpected-status':
      if (!credible) return 'abandoned'
      return httpStatus >= 400 && httpStatus < 500 ? 'succeeded' : 'failed'
    default:
      return 'abandoned'
  }
}
