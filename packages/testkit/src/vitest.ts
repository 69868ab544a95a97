// The entry for vitest 5. Every name here is public API and listed by hand.
import type { AnswerMatchers } from './matchers/matchers.js'

export { matchers } from './matchers/matchers.js'
export type { AnswerMatchers } from './matchers/matchers.js'
export { authorizationServerFixture, cognitoFixture } from './runners/vitest-fixtures.js'
export type { BuilderFixture } from './runners/vitest-fixtures.js'

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends AnswerMatchers<R> {}
}
