import { sha256 } from '#signature'

/**
 * Names a token in memories, without holding it: the hash of what its issuer signed, or of an opaque token, marked as one.
 * A signature may have more than one valid spelling (ECDSA), so that it must not tell one token from another.
 */
export class TokenKey {
  readonly #text: string
  #known: string | undefined

  /** ASCII. */
  constructor(text: string) {
    this.#text = text
  }

  /** `undefined` until it was computed: most requests never need it. */
  get known(): string | undefined {
    return this.#known
  }

  /** At once where the runtime can. */
  compute(): string | Promise<string> {
    if (this.#known !== undefined) return this.#known
    const digest = sha256(this.#text)
    return typeof digest === 'string' ? (this.#known = digest) : digest.then((name) => (this.#known = name))
  }
}
