import { ConfigurationError, UpstreamError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { LiveAnswer, LiveCheck, LiveEndpoint } from '../tokens/live-check.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type Attempt, createCircuitBreaker } from '../transport/circuit-breaker.js'
import { type Clock, monotonicNow } from '../transport/clock.js'
import type { HttpClient } from '../transport/http-client.js'
import { type CallLimitOptions, createCallLimit } from './call-limit.js'
import { isUserToken } from './cognito-claims.js'
import { askGetUser, GET_USER_SCOPE, type UserQuestion } from './get-user.js'
import { askUserInfo, USER_INFO_SCOPE } from './user-info.js'

/** How often Cognito is asked whether a token is still good. Calls above it are not made: the answer is 503. */
export interface CognitoLivenessOptions {
  /**
   * Calls per second of this server, for one pool. Default 20, range 0.1 to 10,000. Cognito allows an account 120
   * `GetUser` calls a second in a Region, all pools together (Amazon Cognito, "Quotas", category UserRead): divide them
   * by the processes you run times the pools each of them takes. Halved while Cognito answers `TooManyRequestsException`.
   */
  readonly rate?: number | undefined
  /** Calls at once, after a pause. Default twice the rate, at least 1; range 1 to 10,000, whole. */
  readonly burst?: number | undefined
}

const DEFAULT_RATE = 20

/** `undefined` when liveness is off. */
export function checkLivenessOptions(option: string, liveness: unknown): CallLimitOptions | undefined {
  if (liveness === false) return undefined
  if (liveness === undefined) return { rate: DEFAULT_RATE, burst: 2 * DEFAULT_RATE }
  if (typeof liveness !== 'object') {
    throw new ConfigurationError(option, 'must be options such as { rate: 20 }, or false for no liveness')
  }
  checkOptionNames(option, liveness, ['rate', 'burst'])
  const { rate = DEFAULT_RATE, burst } = liveness as CognitoLivenessOptions
  if (typeof rate !== 'number' || !(rate >= 0.1 && rate <= 10_000)) {
    throw new ConfigurationError(`${option}.rate`, 'must be a number of calls per second from 0.1 to 10000')
  }
  if (burst !== undefined && !(Number.isInteger(burst) && burst >= 1 && burst <= 10_000)) {
    throw new ConfigurationError(`${option}.burst`, 'must be a whole number of calls from 1 to 10000')
  }
  return { rate, burst: burst ?? Math.ceil(2 * rate) }
}

export interface CognitoLivenessContext {
  readonly http: HttpClient
  readonly clock: Clock
  readonly limit: CallLimitOptions
  /** Where `GetUser` is called. */
  readonly api: string
  /** The pool's domain, without a slash at its end. */
  readonly domain: string | undefined
  /** Milliseconds for one call. */
  readonly timeout: number
}

/** One endpoint that can say something about a token. */
interface Endpoint {
  readonly name: LiveEndpoint
  readonly scope: string
  readonly admit: () => Attempt | undefined
  readonly ask: (question: UserQuestion) => Promise<LiveAnswer>
}

/**
 * Asks Cognito, which has no introspection endpoint, for the user a token belongs to: it tells as long as the token is
 * good. Which endpoint a token may be shown to follows from its scopes; machines, ID tokens and tokens of custom scopes
 * alone have none.
 */
export function createCognitoLiveness(context: CognitoLivenessContext): LiveCheck {
  const { http, clock, api, domain, timeout } = context
  const monotonic = () => monotonicNow(clock)
  const limit = createCallLimit(context.limit, monotonic)
  const endpoint = (name: LiveEndpoint, scope: string, ask: Endpoint['ask']): Endpoint => {
    const breaker = createCircuitBreaker(monotonic)
    return { name, scope, admit: () => breaker.admit(), ask }
  }
  const endpoints = [
    endpoint('GetUser', GET_USER_SCOPE, (question) => askGetUser({ http, url: api, timeout }, question)),
  ]
  if (domain !== undefined) {
    const url = `${domain}/oauth2/userInfo`
    endpoints.push(endpoint('userInfo', USER_INFO_SCOPE, (question) => askUserInfo({ http, url, timeout }, question)))
  }

  /** The first that the token has the scope for. */
  function endpointFor(facts: TokenFacts | undefined): Endpoint | undefined {
    if (facts === undefined || facts.claims['token_use'] !== 'access' || !isUserToken(facts)) return undefined
    return endpoints.find(({ scope }) => facts.scopes.includes(scope))
  }

  return {
    endpoints: endpoints.map(({ name }) => name),
    reaches: (facts) => endpointFor(facts) !== undefined,
    async ask({ token, facts }) {
      const asked = endpointFor(facts)
      if (facts === undefined || asked === undefined) {
        throw new UpstreamError('unexpected-content', 'Cognito has no answer about such a token')
      }
      // Before the limit: calls that an open circuit stops are not made, and must not count as made.
      const attempt = asked.admit()
      if (attempt === undefined) throw new UpstreamError('circuit-open', 'The last calls failed')
      if (!limit.take(nameOf(token))) {
        attempt.abandoned()
        throw new UpstreamError('call-limited', 'More calls to Cognito than the option liveness allows')
      }
      try {
        const answer = await asked.ask({ token, subject: facts.subject })
        attempt.succeeded()
        return answer
      } catch (error) {
        report(attempt, error)
        if (error instanceof UpstreamError && error.code === 'throttled') limit.throttled()
        throw error
      }
    },
  }
}

/** The signature names a token that was validated, and is worth nothing to whoever finds it in memory. */
function nameOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}

/** A server that answers is up, whatever it answers. */
function report(attempt: Attempt, error: unknown): void {
  switch (error instanceof UpstreamError ? error.code : 'closed') {
    case 'connection-failed':
    case 'timeout':
    case 'server-error':
      return attempt.failed()
    case 'closed':
    case 'interrupted':
      return attempt.abandoned()
    default:
      return attempt.succeeded()
  }
}
