import { sha256 } from '#signature'
import { RepeatedValues } from './repeated-values.js'
import type { VerifiedToken } from './verified-token.js'

interface Entry extends VerifiedToken {
  /** SHA-256 of the whole token, signature included: only the very same token is one that was verified. */
  readonly digest: string
}

/**
 * Tokens that were verified, so that one that comes again costs a hash in place of a signature. It holds facts and no
 * verdicts: whether they still hold is asked on every request, and so is every policy. It holds no token, either.
 *
 * A token is remembered when it comes for the second time: those that come once, of machines and of floods, cost next to
 * nothing and push out none that come often.
 */
export class VerifiedTokens {
  readonly #capacity: number
  readonly #entries = new Map<number, Entry>()
  readonly #repeated = new RepeatedValues()
  #seen = new Set<number>()
  #seenBefore = new Set<number>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Entries. */
  get size(): number {
    return this.#entries.size
  }

  /** What is remembered of this very token. At once, unless it may be known and the runtime hashes in its own time. */
  find(token: string): VerifiedToken | undefined | Promise<VerifiedToken | undefined> {
    const entry = this.#entries.get(endOf(token))
    if (entry === undefined) return undefined
    const digest = sha256(token)
    if (typeof digest !== 'string') return digest.then((name) => (name === entry.digest ? entry : undefined))
    return digest === entry.digest ? entry : undefined
  }

  /** Told of a token that was verified just now. */
  add(token: string, verified: VerifiedToken): void | Promise<void> {
    const end = endOf(token)
    if (!this.#cameBefore(end)) return undefined
    const digest = sha256(token)
    if (typeof digest !== 'string') return digest.then((name) => this.#set(end, name, verified))
    return this.#set(end, digest, verified)
  }

  delete(token: string): void {
    this.#entries.delete(endOf(token))
  }

  clear(): void {
    this.#entries.clear()
    this.#repeated.clear()
    this.#seen.clear()
    this.#seenBefore.clear()
  }

  #set(end: number, digest: string, { facts, header, key, notBefore }: VerifiedToken): void {
    this.#entries.delete(end)
    this.#entries.set(end, { facts: this.#repeated.sharedIn(facts), header, key, notBefore, digest })
    if (this.#entries.size <= this.#capacity) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      break
    }
  }

  /** Of the latest tokens, as many as are remembered at least and twice as many at most. */
  #cameBefore(end: number): boolean {
    if (this.#seen.has(end) || this.#seenBefore.has(end)) return true
    if (this.#seen.size >= this.#capacity) {
      this.#seenBefore = this.#seen
      this.#seen = new Set()
    }
    this.#seen.add(end)
    return false
  }
}

/** Characters of the signature that tell tokens apart well enough to look for one; the hash decides whether it is. */
const END = 8

/** A number rather than a text: a piece of a text may keep the whole of it in memory. */
function endOf(token: string): number {
  let end = 0
  for (let at = token.length - END; at < token.length; at++) end = end * 64 + (token.charCodeAt(at) & 63)
  return end
}
