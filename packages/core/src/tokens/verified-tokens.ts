import { sha256 } from '#signature'
import { RepeatedValues } from './repeated-values.js'
import type { NameMemory } from './token-key.js'
import type { VerifiedToken } from './verified-token.js'

/** A verified token, and its name as soon as it was needed. */
export interface RememberedToken extends VerifiedToken, NameMemory {}

interface Entry extends RememberedToken {
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
  /** Ends of tokens that came lately, each in the one place it has; what comes later takes the place of what was there. */
  #latest: Int32Array | undefined
  #closed = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Entries. */
  get size(): number {
    return this.#entries.size
  }

  /** What is remembered of this very token. At once, unless it may be known and the runtime hashes in its own time. */
  find(token: string): RememberedToken | undefined | Promise<RememberedToken | undefined> {
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

  /** Forgets all, for good. */
  close(): void {
    this.#closed = true
    this.#entries.clear()
    this.#repeated.clear()
    this.#latest = undefined
  }

  #set(end: number, digest: string, { facts, header, key, notBefore }: VerifiedToken): void {
    // Where the runtime hashes in its own time, the memory may have been closed meanwhile.
    if (this.#closed) return
    this.#entries.delete(end)
    this.#entries.set(end, { facts: this.#repeated.sharedIn(facts), header, key, notBefore, digest, name: undefined })
    if (this.#entries.size <= this.#capacity) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      break
    }
  }

  #cameBefore(end: number): boolean {
    this.#latest ??= new Int32Array(2 ** Math.ceil(Math.log2(this.#capacity) + 1))
    const place = end & (this.#latest.length - 1)
    if (this.#latest[place] === end) return true
    this.#latest[place] = end
    return false
  }
}

/** How far from its end the characters stand that are read: the last ones of some signatures hardly differ. */
const FROM_END = 10
const CHARACTERS = 5

/**
 * Thirty bits of the signature, which tell tokens apart well enough to look for one; the hash decides whether it is. A
 * number rather than a text, because a piece of a text may keep the whole of it in memory; and never 0, which is nothing.
 */
function endOf(token: string): number {
  let end = 0
  const from = token.length - FROM_END
  for (let at = from; at < from + CHARACTERS; at++) end = (end << 6) | (token.charCodeAt(at) & 63)
  return end === 0 ? 1 : end
}
