import { BoundedCache } from '../transport/bounded-cache.js'
import type { JoseHeader } from './jose-header.js'

/** An issuer has a few keys and kinds of tokens, and each of them its header. */
const CAPACITY = 256

interface KnownHeader {
  readonly encoded: string
  readonly header: JoseHeader
}

/**
 * Headers that tokens with a good signature had, by their encoded text. A text says the same each time, so that knowing
 * it spares the parsing and nothing else.
 */
export class KnownHeaders {
  readonly #headers = new BoundedCache<string, KnownHeader>(CAPACITY)
  /** Most tokens have the header of the one before; to compare two texts is faster than to look one up. */
  #last: KnownHeader | undefined

  /** `encoded`: the part before the first dot. */
  find(encoded: string): JoseHeader | undefined {
    if (this.#last?.encoded !== encoded) this.#last = this.#headers.get(encoded) ?? this.#last
    return this.#last?.encoded === encoded ? this.#last.header : undefined
  }

  /** Of a token that was verified: others could push the real ones out. */
  add(signingInput: string, header: JoseHeader): void {
    if (this.#last?.header === header) return
    const encoded = signingInput.slice(0, signingInput.indexOf('.'))
    if (this.#headers.get(encoded) !== undefined) return
    const own = copyOf(encoded)
    this.#headers.set(own, { encoded: own, header: Object.freeze(header) })
  }
}

/** A piece of a text may keep the whole of it in memory, which here is a token. */
function copyOf(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text))
}
