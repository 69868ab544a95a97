// The entry for Jest 30. Every name here is public API and listed by hand.
import type { AnswerMatchers } from './matchers/matchers.js'

export { matchers } from './matchers/matchers.js'
export type { AnswerMatchers } from './matchers/matchers.js'

/** The global `expect`, as `@types/jest` declares it. */
declare global {
  namespace jest {
    interface Matchers<R, T> extends AnswerMatchers<R> {}
  }
}

/** The `expect` of `@jest/globals`. */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends AnswerMatchers<R> {}
}
