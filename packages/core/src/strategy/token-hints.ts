/**
 * Hints of the tokens that are remembered, each as often as it was added: a hint that is not among them belongs to none
 * of them, and one that is may belong to another.
 */
export class TokenHints {
  readonly #counts = new Map<string | undefined, number>()

  /** Different hints. */
  get size(): number {
    return this.#counts.size
  }

  has(hint: string | undefined): boolean {
    return this.#counts.has(hint)
  }

  add(hint: string | undefined): void {
    this.#counts.set(hint, (this.#counts.get(hint) ?? 0) + 1)
  }

  /** Of one of the tokens that have it. */
  delete(hint: string | undefined): void {
    const count = this.#counts.get(hint) ?? 0
    if (count > 1) this.#counts.set(hint, count - 1)
    else this.#counts.delete(hint)
  }

  clear(): void {
    this.#counts.clear()
  }
}
