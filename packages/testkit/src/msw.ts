// The entry for projects with an msw server of their own. Every name here is public API and listed by hand.
export { mswHandlers } from './delivery/msw-handlers.js'
export type { MswFake } from './delivery/msw-handlers.js'
