import type { HttpClient } from './http-client.js'

/** What `#http-client` provides; the `imports` conditions of package.json choose the implementation. */
export declare function createHttpClient(): HttpClient
