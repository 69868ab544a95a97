import type { Answer } from './answer.js'
import { redacted } from './redaction.js'
import type { Challenge } from './www-authenticate.js'

/** What a matcher answers: the form that `expect.extend` takes in Jest, vitest and Bun. */
export interface MatcherResult {
  /** Whether what was expected holds. */
  readonly pass: boolean
  /** What to say when the test fails because of it. It holds no token text. */
  readonly message: () => string
}

/** One member of what is expected. */
export interface Wish {
  readonly text: string
  readonly holds: boolean
}

/** What a matcher found, with the words for both ways in which it can surprise. */
export interface Finding {
  readonly pass: boolean
  /** Completes "an answer that …". */
  readonly is: string
  readonly isNot: string
  readonly wishes: readonly string[]
}

export function matcherResult(answer: Answer, { pass, is, isNot, wishes }: Finding): MatcherResult {
  const wished = wishes.length === 0 ? '' : ` with ${redacted(wishes.join(', '))}`
  return {
    pass,
    message: () =>
      [
        `expected an answer that ${pass ? isNot : is}${wished}`,
        `received ${described(answer)}`,
        ...answer.challenges.map((challenge) => `  WWW-Authenticate: ${challengeText(challenge)}`),
        ...(answer.malformed === undefined ? [] : [`  ${answer.malformed.message}`]),
      ].join('\n'),
  }
}

/** Holds when the outcome is the expected one, and every wish holds. */
export function outcomeResult(
  answer: Answer,
  expected: 'granted' | 'refused' | 'unavailable',
  wishes: readonly Wish[],
): MatcherResult {
  return matcherResult(answer, {
    pass: answer.outcome === expected && wishes.every(({ holds }) => holds),
    is: `is ${expected}`,
    isNot: `is not ${expected}`,
    wishes: wishes.map(({ text }) => text),
  })
}

function described({ outcome, status, errors, bodyIsUnread, reason, scopes }: Answer): string {
  const details = [
    ...(status === undefined ? [] : [`status ${status}`]),
    ...errors.map((error) => `error ${redacted(error)}`),
    ...(errors.length === 0 && bodyIsUnread ? ['the body unread'] : []),
    ...(reason === undefined ? [] : [`reason ${redacted(reason)}`]),
    ...(scopes.length === 0 ? [] : [`scopes ${scopes.map(redacted).join(' ')}`]),
  ]
  const what = outcome === 'other' ? 'neither granted, refused nor unavailable' : outcome
  return `one that is ${[what, ...details].join(', ')}`
}

function challengeText({ scheme, token68, parameters }: Challenge): string {
  const shown = [...parameters].map(([name, value]) => `${redacted(name)}="${redacted(value)}"`).join(', ')
  return `${redacted(scheme)} ${token68 === undefined ? shown : '[redacted]'}`.trimEnd()
}
