import { sha256 } from '#signature'

/** Where the name of one token is kept. */
export interface NameMemory {
  name: string | undefined
}

/**
 * Names a token in memories, without holding it: the hash of what its issuer signed, or of an opaque token, marked as one.
 * A signature may have more than one valid spelling (ECDSA), so that it must not tell one token from another.
 */
export class TokenKey {
  readonly #text: string
  readonly #memory: NameMemory
  readonly #hint: string | undefined

  /**
   * ASCII. What is remembered of the token may be the place for its name, which then has to be computed once only. The
   * hint has to follow from the text.
   */
  constructor(text: string, hint?: string, memory: NameMemory = { name: undefined }) {
    this.#text = text
    this.#hint = hint
    this.#memory = memory
  }

  /** `undefined` until it was computed: most requests never need it. */
  get known(): string | undefined {
    return this.#memory.name
  }

  /**
   * What the same token always has and another hardly ever, as its `jti`: where nothing is remembered under it, no name
   * has to be computed to tell so. `undefined` is one, too, of all that have none.
   */
  get hint(): string | undefined {
    return this.#hint
  }

  /** At once where the runtime can. */
  compute(): string | Promise<string> {
    const { name: known } = this.#memory
    if (known !== undefined) return known
    const digest = sha256(this.#text)
    return typeof digest === 'string' ? (this.#memory.name = digest) : digest.then((name) => (this.#memory.name = name))
  }
}
