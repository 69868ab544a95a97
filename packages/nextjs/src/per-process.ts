import { ConfigurationError } from '@tokenward/core'

const KEPT: unique symbol = Symbol.for('@tokenward/nextjs.per-process')

/**
 * Makes something once for the whole process and keeps it under a name. Next.js loads a module anew for pages, handlers
 * and the proxy, and in development with each change: a resource server made at the top of one would be several, each with
 * keys, answers and a revocation list of its own. Not for edge runtimes, which share nothing.
 *
 * @throws {@link ConfigurationError} without a name.
 */
export function perProcess<Value>(name: string, make: () => Value): Value {
  if (typeof name !== 'string' || name === '') {
    throw new ConfigurationError('perProcess', 'takes a name, which is not empty, and a function')
  }
  const shared = globalThis as { [KEPT]?: Map<string, unknown> }
  const kept = (shared[KEPT] ??= new Map<string, unknown>())
  if (!kept.has(name)) kept.set(name, make())
  return kept.get(name) as Value
}
