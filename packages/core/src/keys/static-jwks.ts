import { ConfigurationError } from '../outcomes/errors.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import { describeKey, type JsonWebKeySet } from './json-web-key.js'
import type { JwksSource } from './jwks-source.js'
import { createKeySet, type KeySet } from './key-set.js'

/**
 * Says what is wrong with a key set given in the configuration, or `undefined` when every key in it can be used. A
 * fetched set may hold keys for other purposes; one written down by hand should not, so nothing is skipped silently.
 */
export function whatIsWrongWithJwks(jwks: JsonWebKeySet, allowed: readonly SignatureAlgorithm[]): string | undefined {
  const keys = (jwks as { keys?: unknown }).keys
  if (!Array.isArray(keys) || keys.length === 0) {
    return 'must be a JSON Web Key Set: { keys: [one or more public keys] }'
  }
  for (const [index, key] of keys.entries()) {
    const description = describeKey(key, allowed)
    if ('problem' in description) return `has a key (keys[${index}]) that ${description.problem}`
  }
  return undefined
}

/** Only the crypto library knows whether a point lies on its curve; this is where it says so, loudly. */
function refuse(index: number, problem: string): never {
  throw new ConfigurationError('authorizationServer.jwks', `has a key (keys[${index}]) that ${problem}`)
}

/** A key set given in the configuration: nothing is ever fetched, so an unknown key is simply unknown. */
export function createStaticJwks(jwks: JsonWebKeySet, allowed: readonly SignatureAlgorithm[]): JwksSource {
  let keySet: Promise<KeySet | undefined> | undefined
  let closed = false
  // Imported on first use: a promise made at start-up would outlive the request context of some edge runtimes.
  const keys = () => (keySet ??= createKeySet(jwks as unknown as JsonObject, allowed, refuse))
  return {
    async find(want) {
      if (closed) return { result: 'unavailable', reason: 'resource-server-closed' }
      const selection = (await keys())?.select(want)
      return selection?.known === true ? { result: 'found', keys: selection.keys } : { result: 'absent' }
    },
    async load() {
      await keys()
    },
    close() {
      closed = true
    },
  }
}
