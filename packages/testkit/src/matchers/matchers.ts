import { type ExpectedChallenge, toChallenge } from './to-challenge.js'
import { type ExpectedGrant, toBeGranted } from './to-be-granted.js'
import { type ExpectedRefusal, toBeRefused } from './to-be-refused.js'
import { type ExpectedUnavailability, toBeUnavailable } from './to-be-unavailable.js'

/**
 * What `expect` can say about an answer: a decision, an error of `verify`, a web `Response`, or an object with `status` or
 * `statusCode`, `headers` and `body`. With anything else each throws a `TypeError`, and so does its `not`.
 */
export interface AnswerMatchers<R> {
  /** Turned away: by a decision, with 401 or 403, or with 400 about its credentials. An outage is no refusal. */
  toBeRefused(expected?: ExpectedRefusal): R
  /** Not checked: by a decision, or with 503. */
  toBeUnavailable(expected?: ExpectedUnavailability): R
  /** Has a challenge in `WWW-Authenticate` (RFC 9110 §11.6.1) that is as expected; of several, one is enough. */
  toChallenge(expected?: ExpectedChallenge): R
  /** Let in: by a decision, or with a status from 200 to 299. */
  toBeGranted(expected?: ExpectedGrant): R
}

/** For `expect.extend`. */
export const matchers: {
  readonly toBeRefused: typeof toBeRefused
  readonly toBeUnavailable: typeof toBeUnavailable
  readonly toChallenge: typeof toChallenge
  readonly toBeGranted: typeof toBeGranted
} = Object.freeze({ toBeRefused, toBeUnavailable, toChallenge, toBeGranted })
