import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'

/** An active answer, true as of the instant its call was sent. */
export interface ActiveAnswer<Response> {
  readonly startedAt: Instant
  readonly response: Response
}

/** What an answer is about. */
export interface AnsweredToken {
  readonly key: string
  /**
   * Milliseconds since the epoch, from a token that was validated here or from an earlier active answer; `undefined` when
   * neither has said. Nobody can make one up.
   */
  readonly issuedAt: number | undefined
  /** Whether it was validated here, so that nobody can make it up. */
  readonly validated: boolean
  /**
   * Milliseconds since the epoch at which the token is accepted nowhere any more, tolerance included; `undefined` when
   * nothing has said.
   */
  readonly endsAt: number | undefined
}

export interface LiveAnswersOptions {
  readonly clock: Clock
  /** Milliseconds two clocks may differ. */
  readonly clockTolerance: number
  /** Milliseconds until every replica of the authorization server knows what one of them knows. */
  readonly propagationDelay: number
  /** Milliseconds an inactive answer about a token of unknown age is remembered. */
  readonly inactiveMemory: number
  /** Entries of each of the four memories. */
  readonly capacity: number
}

/** A server may stamp a token with the second before it can say anything about it. */
const NEWBORN_MS = 1_000

/**
 * What an authorization server has said about tokens. Facts only, each with its instant: whether an answer is fresh
 * enough is for each request to decide. An inactive answer is final, once the token is old enough for every replica to
 * know it; until then, and where its age is unknown, it is asked again.
 */
export class LiveAnswers<Response> {
  readonly #options: LiveAnswersOptions
  readonly #active: AnswerMemory<ActiveAnswer<Response>>
  readonly #revoked: AnswerMemory<true>
  /** Of tokens of unknown age: those that were validated, and apart from them those that anybody can make up. */
  readonly #inactive: { readonly validated: AnswerMemory<Instant>; readonly opaque: AnswerMemory<Instant> }

  constructor(options: LiveAnswersOptions) {
    this.#options = options
    this.#active = new AnswerMemory(options)
    this.#revoked = new AnswerMemory(options)
    this.#inactive = { validated: new AnswerMemory(options), opaque: new AnswerMemory(options) }
  }

  /** Entries of all memories. */
  get size(): number {
    return this.#memories.reduce((sum, { size }) => sum + size, 0)
  }

  /** Whether nothing inactive is remembered, so that no token needs to be looked up. */
  get knowsNoInactive(): boolean {
    const { validated, opaque } = this.#inactive
    return this.#revoked.size === 0 && validated.size === 0 && opaque.size === 0
  }

  /** Known to be inactive: for good, or for the moment. */
  isInactive(key: string): boolean {
    if (this.#revoked.get(key) === true) return true
    const since = this.#inactiveSince(key)
    return since !== undefined && elapsedSince(since, readInstant(this.#options.clock)) < this.#options.inactiveMemory
  }

  /** The active answer whose call was sent last. */
  active(key: string): ActiveAnswer<Response> | undefined {
    return this.#active.get(key)
  }

  recordActive({ key, endsAt }: Pick<AnsweredToken, 'key' | 'endsAt'>, answer: ActiveAnswer<Response>): void {
    if (this.#revoked.get(key) === true) return
    const inactiveSince = this.#inactiveSince(key)
    if (inactiveSince !== undefined && !isLater(answer.startedAt, inactiveSince)) return
    const known = this.#active.get(key)
    if (known !== undefined && !isLater(answer.startedAt, known.startedAt)) return
    this.#active.set(key, answer, endsAt)
  }

  recordInactive({ key, issuedAt, endsAt, validated }: AnsweredToken, startedAt: Instant): void {
    const known = this.#active.get(key)
    // An answer to a later call has seen more, and stands.
    if (known !== undefined && !isLater(known.startedAt, startedAt)) this.#active.delete(key)
    const { clockTolerance, propagationDelay, inactiveMemory } = this.#options
    if (issuedAt === undefined) {
      const memory = validated ? this.#inactive.validated : this.#inactive.opaque
      const before = memory.get(key)
      if (before === undefined || isLater(startedAt, before)) {
        memory.set(key, startedAt, startedAt.wall + inactiveMemory)
      }
      return
    }
    const isNewborn = startedAt.wall < issuedAt + clockTolerance + propagationDelay + NEWBORN_MS
    if (!isNewborn) this.#revoked.set(key, true, endsAt)
  }

  clear(): void {
    for (const memory of this.#memories) memory.clear()
  }

  get #memories(): readonly Pick<AnswerMemory<unknown>, 'size' | 'clear'>[] {
    return [this.#active, this.#revoked, this.#inactive.validated, this.#inactive.opaque]
  }

  #inactiveSince(key: string): Instant | undefined {
    return this.#inactive.validated.get(key) ?? this.#inactive.opaque.get(key)
  }
}

/** Both instants are of this process, so that the clock which never steps back orders them. */
function isLater(a: Instant, b: Instant): boolean {
  return a.monotonic > b.monotonic
}

/** Drops what has ended first, and only then the oldest. */
class AnswerMemory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly endsAt: number | undefined }>()
  readonly #capacity: number
  readonly #clock: Clock
  #insertionsUntilSweep = 0

  constructor({ capacity, clock }: { readonly capacity: number; readonly clock: Clock }) {
    this.#capacity = capacity
    this.#clock = clock
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
      this.#entries.delete(key)
      if (this.#entries.size >= this.#capacity) this.#makeRoom()
    }
    this.#entries.set(key, { value, endsAt })
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Looking through all entries is worth it only now and then; in between, the oldest goes. */
  #makeRoom(): void {
    if (this.#insertionsUntilSweep-- <= 0) {
      this.#insertionsUntilSweep = Math.ceil(this.#capacity / 4)
      const now = this.#clock.now()
      for (const [key, { endsAt = Infinity }] of this.#entries) if (endsAt <= now) this.#entries.delete(key)
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#capacity) break
      this.#entries.delete(oldest)
    }
  }
}
