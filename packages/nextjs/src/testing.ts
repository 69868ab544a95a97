// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { inRequest } from './testing/in-request.js'
export { assertMatcherCovers } from './testing/matcher-coverage.js'
export type { MatcherConfig, MatcherCoverageOptions } from './testing/matcher-coverage.js'
export { amplifySession, routeContext, routeRequest } from './testing/route-request.js'
export type { AmplifySession, RouteRequestOptions } from './testing/route-request.js'
export { asPrincipal, enableTestPrincipals } from '@tokenward/core/testing'
export type { AsPrincipalOptions, TestPrincipal } from '@tokenward/core/testing'
