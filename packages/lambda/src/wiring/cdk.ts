// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { ProtectedHttpApi } from './protected-http-api.js'
export type { ProtectedHttpApiProps } from './protected-http-api.js'
