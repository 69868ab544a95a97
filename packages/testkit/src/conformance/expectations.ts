import assert from 'node:assert/strict'
import type { ConformanceAnswer, ConformancePrincipal } from './app-description.js'
import { type Challenge, parseChallenges } from './challenges.js'
import type { RouteName } from './routes.js'
import type { WireResponse } from './wire-request.js'

/** What a refusal must look like; each part of it that has a case of its own is not in here. */
export interface Refusal {
  readonly status: 400 | 401 | 403
  /** `undefined`: no code. */
  readonly error?: string
}

export const NO_CREDENTIALS: Refusal = { status: 401 }
export const INVALID_REQUEST: Refusal = { status: 400, error: 'invalid_request' }
export const INVALID_TOKEN: Refusal = { status: 401, error: 'invalid_token' }
export const NOT_ALLOWED: Refusal = { status: 403, error: 'insufficient_scope' }

/** The handler ran, and says who is calling. Whether that is whole is for cases of its own. */
export function expectGranted(response: WireResponse, route: RouteName): Partial<ConformancePrincipal> {
  const principal = expectAnswer(response, route)
  assert.ok(principal, 'the handler was given no principal')
  return principal
}

/** The handler ran for nobody. */
export function expectAnonymous(response: WireResponse, route: RouteName): void {
  assert.equal(expectAnswer(response, route), null, 'the handler was given a principal')
}

function expectAnswer(response: WireResponse, route: RouteName): ConformancePrincipal | null {
  assert.equal(response.status, 200, `status of an answer of the handler; ${shown(response)}`)
  const answer = answerIn(response)
  assert.ok(answer, `the body is not { route, principal } as JSON; ${shown(response)}`)
  assert.equal(answer.route, route, 'the handler of another route ran')
  return answer.principal
}

/** No handler ran, whatever else was answered. */
export function expectNotHandled(response: WireResponse): void {
  assert.equal(answerIn(response), undefined, `the handler ran; ${shown(response)}`)
}

/** The request was refused, and the client is told so in the challenge. */
export function expectRefused(response: WireResponse, { status, error }: Refusal): void {
  expectNotHandled(response)
  assert.equal(response.status, status, `status of the refusal; ${shown(response)}`)
  assert.equal(challengeIn(response).parameters['error'], error, 'the error code in the challenge')
}

/** Nothing is said about the token, and nothing was handled. */
export function expectUnavailable(response: WireResponse): void {
  expectNotHandled(response)
  assert.equal(response.status, 503, `status where the token could not be checked; ${shown(response)}`)
}

/** Nobody got in: the token was refused, or could not be checked. */
export function expectNotGranted(response: WireResponse): void {
  expectNotHandled(response)
  assert.ok([401, 503].includes(response.status), `status where nobody has vouched; ${shown(response)}`)
}

/** The one challenge there is. */
export function challengeIn(response: WireResponse): Challenge {
  const challenges = challengesIn(response)
  assert.equal(challenges.length, 1, `one challenge is enough; ${shown(response)}`)
  return challenges[0] as Challenge
}

/** All challenges, in order. */
export function challengesIn(response: WireResponse): readonly Challenge[] {
  const header = response.headers.get('www-authenticate')
  assert.ok(header, `a refusal has a WWW-Authenticate header; ${shown(response)}`)
  const challenges = parseChallenges(header)
  assert.ok(challenges, `WWW-Authenticate is not a challenge with quoted parameters: ${header}`)
  return challenges
}

/** The body, which must be a JSON object that says so. */
export function jsonIn(response: WireResponse): Readonly<Record<string, unknown>> {
  assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/, 'the content type')
  const value = parsed(response.body)
  assert.ok(typeof value === 'object' && value !== null, `the body is no JSON object: ${response.body}`)
  return value as Readonly<Record<string, unknown>>
}

export function expectNotStored({ headers }: WireResponse): void {
  assert.match(headers.get('cache-control') ?? '', /\bno-store\b/, 'Cache-Control')
}

/** What the handler of a route wrote, if it ran. Sent in chunks, it stands between their sizes. */
function answerIn({ body }: WireResponse): ConformanceAnswer | undefined {
  const value = parsed(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))
  const isAnswer = typeof value === 'object' && value !== null && 'route' in value && 'principal' in value
  return isAnswer ? (value as ConformanceAnswer) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** For the messages of failures: what came instead. */
function shown({ status, headers, body }: WireResponse): string {
  const challenge = headers.get('www-authenticate')
  return `it answered ${status}${challenge === null ? '' : `, ${challenge}`}: ${body.slice(0, 300)}`
}
