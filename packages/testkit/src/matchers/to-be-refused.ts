import { readAnswer } from './answer.js'
import { checkExpectation, checkReason, checkText } from './expectation.js'
import { type MatcherResult, outcomeResult, type Wish } from './matcher-result.js'

/** What a refusal is expected to be. Whatever is left out may be anything. */
export interface ExpectedRefusal {
  /** HTTP status (RFC 6750 §3.1). */
  readonly status?: 400 | 401 | 403
  /**
   * The code clients are told, such as `'invalid_token'` (RFC 6750 §3.1): that of a challenge, or where no challenge has
   * one, the `error` of a JSON body, which is not read from a web `Response`. `null`: none, as for a request without
   * credentials.
   */
  readonly error?: string | null
  /** The code operators are told. Decisions and errors of `verify` have it, responses never. */
  readonly reason?: string
}

/**
 * Whether a request was turned away: by a decision, with 401 or 403, or with 400 about its credentials. An outage is no
 * refusal. Throws a `TypeError` for what is no answer, for a `reason` where none can be, and for an `error` in a header
 * that the grammar does not allow.
 */
export function toBeRefused(received: unknown, expected: ExpectedRefusal = {}): MatcherResult {
  checkExpectation('toBeRefused', expected, ['status', 'error', 'reason'])
  const { status, error, reason } = expected
  if (status !== undefined && ![400, 401, 403].includes(status)) {
    throw new TypeError('expect: toBeRefused takes status as 400, 401 or 403')
  }
  if (error !== null) checkText('toBeRefused', 'error', error)
  const answer = readAnswer('toBeRefused', received)
  checkReason('toBeRefused', reason, answer.form)
  if (error !== undefined && answer.malformed !== undefined) throw answer.malformed

  const wishes: Wish[] = []
  if (status !== undefined) wishes.push({ text: `status ${status}`, holds: answer.status === status })
  if (error === null) wishes.push({ text: 'no error', holds: answer.errors.length === 0 })
  else if (error !== undefined) wishes.push({ text: `error ${error}`, holds: answer.errors.includes(error) })
  if (reason !== undefined) wishes.push({ text: `reason ${reason}`, holds: answer.reason === reason })
  return outcomeResult(answer, 'refused', wishes)
}
