// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { authLink } from './auth-link.js'
export type { AuthLinkOptions } from './auth-link.js'
export type { AuthErrorData, StreamEnd } from './denial.js'
