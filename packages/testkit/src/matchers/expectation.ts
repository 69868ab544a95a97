import { refuseUnknown } from '../known-names.js'

/**
 * What a test expects is checked as well: with a misspelt member, or one that came out `undefined`, the test would prove
 * something else than it says.
 */
export function checkExpectation(matcher: string, expected: unknown, known?: readonly string[]): void {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) {
    throw new TypeError(`expect: ${matcher} takes an object, or nothing`)
  }
  if (known !== undefined) refuseUnknown('expect', matcher, expected, known)
  const [missing] = Object.entries(expected).find(([, value]) => value === undefined) ?? []
  if (missing !== undefined) {
    throw new TypeError(`expect: ${matcher} was given ${missing} as undefined; say what it is, or leave it out`)
  }
}

export function checkText(matcher: string, name: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '')) {
    throw new TypeError(`expect: ${matcher} takes ${name} as text, not empty`)
  }
}

/** Reasons are for operators, so that no response tells them. */
export function checkReason(matcher: string, reason: unknown, form: 'decision' | 'response'): void {
  checkText(matcher, 'reason', reason)
  if (reason !== undefined && form === 'response') {
    throw new TypeError(`expect: ${matcher} finds no reason in a response; look at the decision, or at an event`)
  }
}
