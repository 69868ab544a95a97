import { readAnswer } from './answer.js'
import { checkExpectation } from './expectation.js'
import { type MatcherResult, outcomeResult } from './matcher-result.js'

/** What a grant is expected to be. */
export interface ExpectedGrant {
  /** Scopes the caller has, among others. Decisions have them, responses never. Default: any. */
  readonly scopes?: readonly [string, ...string[]]
}

/**
 * Whether a request was let in: by a decision, or with a status from 200 to 299. Throws a `TypeError` for what is no
 * answer, and for `scopes` where none can be.
 */
export function toBeGranted(received: unknown, expected: ExpectedGrant = {}): MatcherResult {
  checkExpectation('toBeGranted', expected, ['scopes'])
  const { scopes } = expected
  if (scopes !== undefined && !(isList(scopes) && scopes.length > 0)) {
    throw new TypeError('expect: toBeGranted takes scopes as a list of text, not empty')
  }
  const answer = readAnswer('toBeGranted', received)
  if (scopes !== undefined && answer.form === 'response') {
    throw new TypeError('expect: toBeGranted finds no scopes in a response; look at the decision')
  }
  const wishes = (scopes ?? []).map((scope) => ({ text: `scope ${scope}`, holds: answer.scopes.includes(scope) }))
  return outcomeResult(answer, 'granted', wishes)
}

function isList(scopes: unknown): scopes is readonly string[] {
  return Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')
}
