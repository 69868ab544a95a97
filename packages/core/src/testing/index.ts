// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { enableTestPrincipals } from './test-principals-allowed.js'
export { asPrincipal } from './as-principal.js'
export type { AsPrincipalOptions } from './as-principal.js'
export type { TestPrincipal } from './test-principal.js'
