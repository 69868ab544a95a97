// The entry for node:test. Every name here is public API and listed by hand.
export { closeAfter } from './runners/close-after.js'
export type { Afterwards } from './runners/close-after.js'
export { assertChallenge, assertGranted, assertRefused, assertUnavailable } from './runners/assertions.js'
