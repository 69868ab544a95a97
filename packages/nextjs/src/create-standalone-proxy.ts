import { createCredentials, CREDENTIAL_OPTIONS, type CredentialOptions } from './credentials.js'
import { type Proxy, proxyFor, type ProxyOptions } from './create-proxy.js'
import { type ResourceServerSource, serverFrom } from './resource-server-source.js'

/** Options of a proxy that stands alone. */
export interface StandaloneProxyOptions extends ProxyOptions, CredentialOptions {}

const OWNER = 'createProxy'

/**
 * What `createProxy` of `createNextAuth` makes, without the rest: for `middleware.ts` on edge runtimes, where each kilobyte
 * counts.
 *
 * @throws {@link ConfigurationError} naming the rule or the option that is wrong.
 */
export function createProxy(api: ResourceServerSource, options: StandaloneProxyOptions): Proxy {
  const server = serverFrom(OWNER, api)
  const credentials = createCredentials(OWNER, options ?? {})
  return proxyFor(OWNER, { server, credentials }, options, CREDENTIAL_OPTIONS)
}
