import { readAnswer } from './answer.js'
import { checkExpectation, checkReason } from './expectation.js'
import { type MatcherResult, outcomeResult } from './matcher-result.js'

/** What an outage is expected to be. */
export interface ExpectedUnavailability {
  /** The code operators are told. Decisions and errors of `verify` have it, responses never. Default: any. */
  readonly reason?: string
}

/**
 * Whether the token could not be checked: by a decision, or with 503 (RFC 9110 §15.6.4). Throws a `TypeError` for what is
 * no answer, and for a `reason` where none can be.
 */
export function toBeUnavailable(received: unknown, expected: ExpectedUnavailability = {}): MatcherResult {
  checkExpectation('toBeUnavailable', expected, ['reason'])
  const { reason } = expected
  const answer = readAnswer('toBeUnavailable', received)
  checkReason('toBeUnavailable', reason, answer.form)
  const wishes = reason === undefined ? [] : [{ text: `reason ${reason}`, holds: answer.reason === reason }]
  return outcomeResult(answer, 'unavailable', wishes)
}
