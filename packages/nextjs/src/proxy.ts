// For middleware on edge runtimes: the proxy, the server it asks, and nothing else. Every name here is public API and
// listed by hand; a test compares the list with its snapshot.
export { createProxy } from './create-standalone-proxy.js'
export type { StandaloneProxyOptions } from './create-standalone-proxy.js'
export type { Proxy, ProxyOptions } from './create-proxy.js'
export type { CredentialOptions } from './credentials.js'
export type { IdentityHeaderOptions } from './identity-headers.js'
export type { ProxyRule } from './proxy-rules.js'
export type { ResourceServerSource } from './resource-server-source.js'
export type { SignInTarget } from './sign-in-target.js'
export { amplifyCookies, namedCookie } from './token-cookie.js'
export type { AmplifyCookiesOptions, CookieReader, TokenCookie } from './token-cookie.js'
export { authorizationServer, createResourceServer, definePolicy } from '@tokenward/core'
export { cognitoUserPool } from '@tokenward/core/cognito'
