import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { ReplayMemory, ReplayVerdict, SpentProof } from './replay-memory.js'

/** Options of {@link inMemoryReplayMemory}. */
export interface InMemoryReplayMemoryOptions {
  /** Proofs remembered at once, of all keys; beyond them requests are unavailable. Default 100000, range 1000 to 10000000. */
  readonly maxProofs?: number | undefined
  /** Proofs remembered at once of one key; beyond them this key is refused. Default 1000, range 10 to 1000000. */
  readonly maxProofsPerKey?: number | undefined
}

/** A replay memory, and how much is in it. */
export interface InMemoryReplayMemory extends ReplayMemory {
  /** Proofs that are remembered. */
  readonly size: number
}

const OWNER = 'inMemoryReplayMemory'

/**
 * Remembers proofs in this process. Where several share the work, each has its own: a proof can be used once with each, and
 * only a memory that all of them share prevents it.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function inMemoryReplayMemory(options: InMemoryReplayMemoryOptions = {}): InMemoryReplayMemory {
  checkOptionNames(OWNER, options, ['maxProofs', 'maxProofsPerKey'])
  const { maxProofs = 100_000, maxProofsPerKey = 1_000 } = options as InMemoryReplayMemoryOptions
  checkCount('maxProofs', maxProofs, { min: 1_000, max: 10_000_000 })
  checkCount('maxProofsPerKey', maxProofsPerKey, { min: 10, max: 1_000_000 })
  const proofs = new Proofs(maxProofs, maxProofsPerKey)
  return Object.freeze({
    remember: (proof: SpentProof) => proofs.remember(proof),
    get size() {
      return proofs.size
    },
  })
}

function checkCount(name: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigurationError(`${OWNER}.${name}`, `must be a whole number from ${min} to ${max}`)
  }
}

const SECOND = 1_000

class Proofs {
  readonly #maxProofs: number
  readonly #maxProofsPerKey: number
  readonly #byKey = new Map<string, Set<string>>()
  /** By the second in which they end: they go together, and nothing else is looked through. */
  readonly #bySecond = new Map<number, { readonly key: string; readonly id: string }[]>()
  #sweptIn = -Infinity
  /** Proofs that end before this may have come, and were forgotten. */
  #forgottenUpTo = -Infinity
  size = 0

  constructor(maxProofs: number, maxProofsPerKey: number) {
    this.#maxProofs = maxProofs
    this.#maxProofsPerKey = maxProofsPerKey
  }

  remember({ key, id, now, expiresAt }: SpentProof): ReplayVerdict {
    this.#sweep(Math.floor(now / SECOND))
    // A clock that was set back makes proofs young again that were forgotten.
    if (expiresAt < this.#forgottenUpTo) return 'replayed'
    const ids = this.#byKey.get(key)
    if (ids?.has(id) === true) return 'replayed'
    if (ids !== undefined && ids.size >= this.#maxProofsPerKey) return 'key-full'
    if (this.size >= this.#maxProofs) return 'full'
    if (ids === undefined) this.#byKey.set(key, new Set([id]))
    else ids.add(id)
    const second = Math.floor(expiresAt / SECOND)
    const ending = this.#bySecond.get(second)
    if (ending === undefined) this.#bySecond.set(second, [{ key, id }])
    else ending.push({ key, id })
    this.size += 1
    return 'new'
  }

  #sweep(second: number): void {
    if (second === this.#sweptIn) return
    this.#sweptIn = second
    for (const [ended, proofs] of this.#bySecond) {
      if (ended >= second) continue
      this.#bySecond.delete(ended)
      this.#forgottenUpTo = Math.max(this.#forgottenUpTo, (ended + 1) * SECOND)
      for (const { key, id } of proofs) this.#forget(key, id)
    }
  }

  #forget(key: string, id: string): void {
    const ids = this.#byKey.get(key)
    if (ids?.delete(id) !== true) return
    this.size -= 1
    if (ids.size === 0) this.#byKey.delete(key)
  }
}
