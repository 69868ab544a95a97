import { signatureVerifier } from '#signature'
import { type AtOnce, inSteps } from '../vocabulary/at-once.js'
import type { JsonObject, JsonValue } from '../vocabulary/json-object.js'
import { member } from '../vocabulary/json-object.js'
import type { SignatureAlgorithm } from './algorithms.js'
import { describeKey, type JsonWebKeySet, publishedKey, type SigningKeyDescription } from './json-web-key.js'
import type { VerificationKey } from './signature.js'

/** The usable keys of one issuer. */
export interface KeySet {
  /** How many JWKs. */
  readonly size: number
  /** What it was made of: the usable keys alone, and of each no more than it takes. A copy, which is the reader's. */
  readonly jwks: JsonWebKeySet
  /**
   * `undefined` when no key of that name is known; empty when one exists but may not be used with the algorithm. The
   * same key is the same object, in later sets as well.
   */
  select(want: KeyWanted): readonly VerificationKey[] | undefined
  /** Keys by what they were imported from. */
  readonly imported: ReadonlyMap<string, VerificationKey>
}

/** What a token's header asks for. */
export interface KeyWanted {
  readonly algorithm: SignatureAlgorithm
  readonly kid: string | undefined
}

export interface KeySetOptions {
  readonly allowed: readonly SignatureAlgorithm[]
  /** Told of each JWK that cannot be used; it never spoils the rest. */
  readonly ignored: (index: number, problem: string) => void
  /** The set before, whose keys are not imported again. */
  readonly previous?: KeySet | undefined
}

/** Real sets hold two to ten keys; the bound keeps a hostile answer from costing much. */
const MAX_KEYS = 100
/** Keys of the same name, or of a token without `kid`, are tried one after the other: each costs a verification. */
const MAX_CANDIDATES = 4

interface UsableKey extends SigningKeyDescription {
  /** One for each algorithm it may be used with. */
  readonly keys: readonly VerificationKey[]
}

/**
 * Builds a key set from a JWKS document (RFC 7517 §5), or `undefined` when it has no `keys` array. At once where the runtime
 * imports keys at once.
 */
export function createKeySet(document: JsonObject, options: KeySetOptions): AtOnce<KeySet | undefined> {
  return inSteps(importKeys(document, options))
}

function* importKeys(
  document: JsonObject,
  { allowed, ignored, previous }: KeySetOptions,
): Generator<unknown, KeySet | undefined, unknown> {
  const entries: JsonValue | undefined = member(document, 'keys')
  if (!Array.isArray(entries)) return undefined
  const usable: UsableKey[] = []
  const imported = new Map<string, VerificationKey>()
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
      const keys: VerificationKey[] = []
      for (const algorithm of description.algorithms) {
        const name = JSON.stringify([algorithm, description.jwk])
        const known = imported.get(name) ?? previous?.imported.get(name)
        const key = known ?? ((yield signatureVerifier.importKey(description.jwk, algorithm)) as VerificationKey)
        imported.set(name, key)
        keys.push(key)
      }
      usable.push({ ...description, keys })
    } catch {
      ignored(index, 'was refused by the crypto library')
    }
  }
  return keySetOf(usable, imported)
}

function keySetOf(usable: readonly UsableKey[], imported: ReadonlyMap<string, VerificationKey>): KeySet {
  const byKid = new Map<string, KeysByAlgorithm>()
  const all: KeysByAlgorithm = new Map()
  for (const { kid, keys } of usable) {
    add(keys, all)
    if (kid === undefined) continue
    const named: KeysByAlgorithm = byKid.get(kid) ?? new Map()
    byKid.set(kid, named)
    add(keys, named)
  }
  return {
    size: usable.length,
    imported,
    get jwks() {
      return { keys: usable.map(publishedKey) }
    },
    select({ algorithm, kid }) {
      if (kid === undefined) return all.get(algorithm)
      const named = byKid.get(kid)
      return named && (named.get(algorithm) ?? NONE)
    },
  }
}

type KeysByAlgorithm = Map<SignatureAlgorithm, VerificationKey[]>

const NONE: readonly VerificationKey[] = []

function add(keys: readonly VerificationKey[], to: KeysByAlgorithm): void {
  for (const key of keys) {
    const candidates = to.get(key.algorithm) ?? []
    to.set(key.algorithm, candidates)
    if (candidates.length < MAX_CANDIDATES && !candidates.includes(key)) candidates.push(key)
  }
}
