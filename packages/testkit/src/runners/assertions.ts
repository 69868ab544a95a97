import { AssertionError } from 'node:assert'
import type { MatcherResult } from '../matchers/matcher-result.js'
import { type ExpectedChallenge, toChallenge } from '../matchers/to-challenge.js'
import { type ExpectedGrant, toBeGranted } from '../matchers/to-be-granted.js'
import { type ExpectedRefusal, toBeRefused } from '../matchers/to-be-refused.js'
import { type ExpectedUnavailability, toBeUnavailable } from '../matchers/to-be-unavailable.js'

/** As the matcher `toBeRefused`. Throws an `AssertionError`, and a `TypeError` for what is no answer. */
export function assertRefused(answer: unknown, expected?: ExpectedRefusal): void {
  check(toBeRefused(answer, expected), assertRefused)
}

/** As the matcher `toBeUnavailable`. Throws an `AssertionError`, and a `TypeError` for what is no answer. */
export function assertUnavailable(answer: unknown, expected?: ExpectedUnavailability): void {
  check(toBeUnavailable(answer, expected), assertUnavailable)
}

/** As the matcher `toChallenge`. Throws an `AssertionError`, and a `TypeError` for what is no answer. */
export function assertChallenge(answer: unknown, expected?: ExpectedChallenge): void {
  check(toChallenge(answer, expected), assertChallenge)
}

/** As the matcher `toBeGranted`. Throws an `AssertionError`, and a `TypeError` for what is no answer. */
export function assertGranted(answer: unknown, expected?: ExpectedGrant): void {
  check(toBeGranted(answer, expected), assertGranted)
}

/** The stack begins where the assertion was called: `by` and what it calls are left out. */
function check({ pass, message }: MatcherResult, by: (answer: unknown) => void): void {
  if (!pass) throw new AssertionError({ message: message(), operator: by.name, stackStartFn: by })
}
