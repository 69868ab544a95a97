import { signatureVerifier } from '#signature'
import type { JsonObject, JsonValue } from '../vocabulary/json-object.js'
import { member } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import { describeKey } from './json-web-key.js'
import type { VerificationKey } from './signature.js'

/** The usable keys of one issuer. */
export interface KeySet {
  /** How many JWKs. */
  readonly size: number
  select(want: KeyWanted): KeySelection
}

/** What a token's header asks for. */
export interface KeyWanted {
  readonly algorithm: SignatureAlgorithm
  readonly kid: string | undefined
}

/** `keys` is empty when a key of that name exists but may not be used with the algorithm. */
type KeySelection = { readonly known: true; readonly keys: readonly VerificationKey[] } | { readonly known: false }

/** Real sets hold two to ten keys; the bound keeps a hostile answer from costing much. */
const MAX_KEYS = 100
/** Keys of the same name, or of a token without `kid`, are tried one after the other: each costs a verification. */
const MAX_CANDIDATES = 4

interface NamedKey {
  readonly kid: string | undefined
  /** One for each algorithm it may be used with. */
  readonly keys: readonly VerificationKey[]
}

/**
 * Builds a key set from a JWKS document (RFC 7517 §5), or `undefined` when it has no `keys` array. A key that cannot be
 * used is reported and left out; it never spoils the rest.
 */
export async function createKeySet(
  document: JsonObject,
  allowed: readonly SignatureAlgorithm[],
  ignored: (index: number, problem: string) => void,
): Promise<KeySet | undefined> {
  const entries: JsonValue | undefined = member(document, 'keys')
  if (!Array.isArray(entries)) return undefined
  const usable: NamedKey[] = []
  for (const [index, entry] of (entries as readonly JsonValue[]).entries()) {
    if (index === MAX_KEYS) {
      ignored(index, `comes after the first ${MAX_KEYS} keys; the rest is ignored`)
      break
    }
    const description = describeKey(entry, allowed)
    if ('problem' in description) {
      ignored(index, description.problem)
      continue
    }
    try {
      // All or none: a key is not half usable.
      const imported = description.algorithms.map((algorithm) =>
        signatureVerifier.importKey(description.jwk, algorithm),
      )
      usable.push({ kid: description.kid, keys: await Promise.all(imported) })
    } catch {
      ignored(index, 'was refused by the crypto library')
    }
  }
  return keySetOf(usable)
}

function keySetOf(usable: readonly NamedKey[]): KeySet {
  const byKid = new Map<string | undefined, readonly VerificationKey[]>()
  for (const { kid, keys } of usable) byKid.set(kid, [...(byKid.get(kid) ?? []), ...keys])
  const all = usable.flatMap(({ keys }) => keys)

  return {
    size: usable.length,
    select({ algorithm, kid }) {
      if (kid === undefined) {
        const keys = fitting(all, algorithm)
        return keys.length === 0 ? { known: false } : { known: true, keys }
      }
      const named = byKid.get(kid)
      return named === undefined ? { known: false } : { known: true, keys: fitting(named, algorithm) }
    },
  }
}

function fitting(keys: readonly VerificationKey[], algorithm: SignatureAlgorithm): readonly VerificationKey[] {
  return keys.filter((key) => key.algorithm === algorithm).slice(0, MAX_CANDIDATES)
}
