import { UpstreamError } from '../outcomes/errors.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import type { JsonObject } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import type { JsonWebKeySet } from './json-web-key.js'
import type { JwksSource, KeyLookup } from './jwks-source.js'
import { createKeySet, type KeySet, type KeyWanted } from './key-set.js'

/**
 * A key set given in the configuration: nothing is ever fetched, so an unknown key is simply unknown. Whether a point
 * lies on its curve only the crypto library knows; such a key is reported as `ignored`, and `load` throws.
 */
export function createStaticJwks(
  jwks: JsonWebKeySet,
  allowed: readonly SignatureAlgorithm[],
  ignored: (index: number, problem: string) => void,
): JwksSource {
  let imported: KeySet | undefined
  let firstProblem: string | undefined
  let closed = false

  /** On first use, and by each who comes before it is done: a shared promise could end with the request that made it. */
  function keys(): AtOnce<KeySet | undefined> {
    if (imported !== undefined) return imported
    const problems: [index: number, problem: string][] = []
    const importing = createKeySet(jwks as unknown as JsonObject, {
      allowed,
      ignored: (index, problem) => problems.push([index, problem]),
    })
    return andThen(importing, (set) => {
      if (imported === undefined) {
        for (const [index, problem] of problems) ignored(index, problem)
        const [first] = problems
        firstProblem = first && `The configured key set has a key (keys[${first[0]}]) that ${first[1]}`
      }
      return (imported ??= set)
    })
  }

  return {
    find(want) {
      if (closed) return { result: 'unavailable', reason: 'resource-server-closed' }
      return andThen(keys(), (set) => selectFrom(set, want))
    },
    atHand: (want) => (closed ? undefined : imported?.select(want)),
    async load() {
      await keys()
      if (firstProblem !== undefined) throw new UpstreamError('no-usable-key', firstProblem)
    },
    snapshot: () => undefined,
    close() {
      closed = true
    },
  }
}

function selectFrom(set: KeySet | undefined, want: KeyWanted): KeyLookup {
  const selected = set?.select(want)
  return selected === undefined ? { result: 'absent' } : { result: 'found', keys: selected }
}
