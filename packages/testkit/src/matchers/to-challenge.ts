import { readAnswer } from './answer.js'
import { checkExpectation, checkText } from './expectation.js'
import { type MatcherResult, matcherResult } from './matcher-result.js'
import type { Challenge } from './www-authenticate.js'

/** Text or number: exactly that. A list: these words in any order, and no other. An expression: matches. `null`: absent. */
export type ExpectedParameter = string | number | readonly [string, ...string[]] | RegExp | null

/** What a challenge is expected to be. Parameters go by their names on the wire; whatever is left out may be anything. */
export interface ExpectedChallenge {
  /** Such as `'Bearer'` or `'DPoP'`; its case means nothing. Default: any. */
  readonly scheme?: string
  /** What is protected (RFC 9110 §11.5). */
  readonly realm?: ExpectedParameter
  /** The code clients are told (RFC 6750 §3.1); `null` for a request without credentials. */
  readonly error?: ExpectedParameter
  /** The same for people (RFC 6750 §3). */
  readonly error_description?: ExpectedParameter
  /** Scopes the route demands (RFC 6750 §3). */
  readonly scope?: ExpectedParameter
  /** Authentication contexts that would do (RFC 9470 §3). */
  readonly acr_values?: ExpectedParameter
  /** Seconds since the user was there that would do (RFC 9470 §3). */
  readonly max_age?: ExpectedParameter
  /** Where the metadata of the API is (RFC 9728 §5.1). */
  readonly resource_metadata?: ExpectedParameter
  /** Algorithms of proofs (RFC 9449 §7.1). */
  readonly algs?: ExpectedParameter
  /** Any other parameter. */
  readonly [parameter: string]: ExpectedParameter | undefined
}

/**
 * Whether an answer has a challenge (RFC 9110 §11.6.1) that is as expected; of several, one is enough. Throws a
 * `TypeError` for what is no answer, and for a header that the grammar does not allow.
 */
export function toChallenge(received: unknown, expected: ExpectedChallenge = {}): MatcherResult {
  checkExpectation('toChallenge', expected)
  checkText('toChallenge', 'scheme', expected.scheme)
  const answer = readAnswer('toChallenge', received)
  if (answer.malformed !== undefined) throw answer.malformed
  const { scheme, ...parameters } = expected
  const wishes = Object.entries(parameters).map(([name, value]) => wishFor(name, value as ExpectedParameter))
  if (scheme !== undefined) wishes.unshift({ text: `scheme ${scheme}`, holdsIn: hasScheme(scheme) })
  return matcherResult(answer, {
    is: 'has a challenge',
    isNot: 'has no challenge',
    wishes: wishes.map(({ text }) => text),
    pass: answer.challenges.some((challenge) => wishes.every(({ holdsIn }) => holdsIn(challenge))),
  })
}

interface ParameterWish {
  readonly text: string
  readonly holdsIn: (challenge: Challenge) => boolean
}

function hasScheme(scheme: string): ParameterWish['holdsIn'] {
  return (challenge) => challenge.scheme.toLowerCase() === scheme.toLowerCase()
}

function wishFor(name: string, expected: ExpectedParameter): ParameterWish {
  const isAsExpected = parameterCheck(expected)
  if (isAsExpected === undefined) {
    throw new TypeError(`expect: toChallenge takes ${name} as text, a number, a list of text, an expression or null`)
  }
  return {
    text: expected === null ? `no ${name}` : `${name} ${[expected].flat().join(' ')}`,
    holdsIn: ({ parameters }) => isAsExpected(parameters.get(name.toLowerCase())),
  }
}

function parameterCheck(expected: unknown): ((value: string | undefined) => boolean) | undefined {
  if (expected === null) return (value) => value === undefined
  if (typeof expected === 'string' || typeof expected === 'number') return (value) => value === String(expected)
  if (expected instanceof RegExp) return (value) => value !== undefined && value.search(expected) !== -1
  if (!Array.isArray(expected) || expected.length === 0) return undefined
  if (!expected.every((word) => typeof word === 'string')) return undefined
  return (value) => wordsOf(value).join(' ') === expected.toSorted().join(' ')
}

function wordsOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(' ')
    .filter((word) => word !== '')
    .toSorted()
}
