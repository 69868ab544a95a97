// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { asPrincipal, enableTestPrincipals } from '@tokenward/core/testing'
export type { AsPrincipalOptions, TestPrincipal } from '@tokenward/core/testing'
