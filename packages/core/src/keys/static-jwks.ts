import { UpstreamError } from '../outcomes/errors.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import { describeKey, type JsonWebKeySet } from './json-web-key.js'
import type { JwksSource } from './jwks-source.js'
import { createKeySet, type KeySet } from './key-set.js'

/**
 * Says what is wrong with a key set given in the configuration, or `undefined` when every key in it can be used, as far
 * as can be told without the crypto library. A fetched set may hold keys for other purposes; one written down by hand
 * should not, so nothing is skipped silently.
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

/**
 * A key set given in the configuration: nothing is ever fetched, so an unknown key is simply unknown. Whether a point
 * lies on its curve only the crypto library knows; such a key is reported as `ignored`, and `load` throws.
 */
export function createStaticJwks(
  jwks: JsonWebKeySet,
  allowed: readonly SignatureAlgorithm[],
  ignored: (index: number, problem: string) => void,
): JwksSource {
  let imported: Promise<KeySet | undefined> | undefined
  let firstProblem: string | undefined
  let closed = false
  // Imported on first use: a promise made at start-up would outlive the request context of some edge runtimes.
  const keys = () =>
    (imported ??= createKeySet(jwks as unknown as JsonObject, allowed, (index, problem) => {
      firstProblem ??= `The configured key set has a key (keys[${index}]) that ${problem}`
      ignored(index, problem)
    }))
  return {
    async find(want) {
      if (closed) return { result: 'unavailable', reason: 'resource-server-closed' }
      const selection = (await keys())?.select(want)
      return selection?.known === true ? { result: 'found', keys: selection.keys } : { result: 'absent' }
    },
    async load() {
      await keys()
      if (firstProblem !== undefined) throw new UpstreamError('no-usable-key', firstProblem)
    },
    close() {
      closed = true
    },
  }
}
