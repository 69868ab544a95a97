import type { Upstream } from '../servers/upstream.ts'
import type { Setting } from './setting.ts'

/** A server is asked by introspection, once for each token and duration. */
export function introspectionWithin(seconds: 0 | 2, startUpstream: () => Promise<Upstream>): Setting {
  return {
    tokens: 'opaque',
    tokensOf: 'opaque',
    maxRevocationLag: `${seconds}s`,
    source: 'introspection',
    lagBoundMs: seconds * 1_000,
    revokedBy: 'server',
    startUpstream,
  }
}
