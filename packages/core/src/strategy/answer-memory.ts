import type { Clock } from '../transport/clock.js'

interface AnswerMemoryOptions<Value> {
  /** Entries. */
  readonly capacity: number
  readonly clock: Clock
  /** Told of each value that is replaced or goes, except where all are cleared. */
  readonly onDropped?: ((value: Value) => void) | undefined
}

/** Answers by the name of a token. Drops what has ended first, and only then the oldest. */
export class AnswerMemory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly endsAt: number | undefined }>()
  readonly #capacity: number
  readonly #clock: Clock
  readonly #onDropped: ((value: Value) => void) | undefined
  #insertionsUntilSweep = 0

  constructor({ capacity, clock, onDropped }: AnswerMemoryOptions<Value>) {
    this.#capacity = capacity
    this.#clock = clock
    this.#onDropped = onDropped
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value
  }

  set(key: string, value: Value, endsAt: number | undefined): void {
    if (this.#entries.size >= this.#capacity) {
      // Only a full memory keeps order of use: a Map that loses and gains a name with every call keeps what it held,
      // until the next full garbage collection, in tables it has outgrown.
      this.delete(key)
      if (this.#entries.size >= this.#capacity) this.#makeRoom()
    }
    if (this.#onDropped !== undefined) {
      const before = this.#entries.get(key)
      if (before !== undefined) this.#onDropped(before.value)
    }
    this.#entries.set(key, { value, endsAt })
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#onDropped?.(entry.value)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Looking through all entries is worth it only now and then; in between, the oldest goes. */
  #makeRoom(): void {
    if (this.#insertionsUntilSweep-- <= 0) {
      this.#insertionsUntilSweep = Math.ceil(this.#capacity / 4)
      const now = this.#clock.now()
      for (const [key, { endsAt = Infinity }] of this.#entries) if (endsAt <= now) this.delete(key)
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#capacity) break
      this.delete(oldest)
    }
  }
}
