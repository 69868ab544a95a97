import type { TokenKey } from '../tokens/token-key.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import { AnswerMemory } from './answer-memory.js'
import { TokenHints } from './token-hints.js'

/** An active answer, true as of the instant its call was sent. */
export interface ActiveAnswer<Response> {
  readonly startedAt: Instant
  readonly response: Response
}

/** What an answer is about. */
export interface AnsweredToken {
  readonly key: string
  /** Of the same key; see {@link TokenKey.hint}. */
  readonly hint: string | undefined
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

interface Inactive {
  readonly since: Instant
  readonly hint: string | undefined
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
  readonly #revoked: AnswerMemory<Inactive>
  /** Of tokens of unknown age: those that were validated, and apart from them those that anybody can make up. */
  readonly #inactive: { readonly validated: AnswerMemory<Inactive>; readonly opaque: AnswerMemory<Inactive> }
  /** Of all three memories of inactive tokens. */
  readonly #inactiveHints = new TokenHints()

  constructor(options: LiveAnswersOptions) {
    this.#options = options
    this.#active = new AnswerMemory(options)
    const inactive = { ...options, onDropped: ({ hint }: Inactive) => this.#inactiveHints.delete(hint) }
    this.#revoked = new AnswerMemory(inactive)
    this.#inactive = { validated: new AnswerMemory(inactive), opaque: new AnswerMemory(inactive) }
  }

  /** Entries of all memories. */
  get size(): number {
    return this.#memories.reduce((sum, { size }) => sum + size, 0)
  }

  /** Whether the token has to be looked up by its name; most have not, and need no name then. */
  mayBeInactive(key: Pick<TokenKey, 'hint'>): boolean {
    return this.#inactiveHints.size > 0 && this.#inactiveHints.has(key.hint)
  }

  /** Known to be inactive: for good, or for the moment. */
  isInactive(key: string): boolean {
    if (this.#revoked.get(key) !== undefined) return true
    const since = this.#inactiveSince(key)
    return since !== undefined && elapsedSince(since, readInstant(this.#options.clock)) < this.#options.inactiveMemory
  }

  /** The active answer whose call was sent last. */
  active(key: string): ActiveAnswer<Response> | undefined {
    return this.#active.get(key)
  }

  recordActive({ key, endsAt }: Pick<AnsweredToken, 'key' | 'endsAt'>, answer: ActiveAnswer<Response>): void {
    if (this.#revoked.get(key) !== undefined) return
    const inactiveSince = this.#inactiveSince(key)
    if (inactiveSince !== undefined && !isLater(answer.startedAt, inactiveSince)) return
    const known = this.#active.get(key)
    if (known !== undefined && !isLater(answer.startedAt, known.startedAt)) return
    this.#active.set(key, answer, endsAt)
  }

  recordInactive({ key, hint, issuedAt, endsAt, validated }: AnsweredToken, startedAt: Instant): void {
    const known = this.#active.get(key)
    // An answer to a later call has seen more, and stands.
    if (known !== undefined && !isLater(known.startedAt, startedAt)) this.#active.delete(key)
    const { clockTolerance, propagationDelay, inactiveMemory } = this.#options
    if (issuedAt === undefined) {
      const memory = validated ? this.#inactive.validated : this.#inactive.opaque
      const before = memory.get(key)
      if (before === undefined || isLater(startedAt, before.since)) {
        this.#inactiveHints.add(hint)
        memory.set(key, { since: startedAt, hint }, startedAt.wall + inactiveMemory)
      }
      return
    }
    const isNewborn = startedAt.wall < issuedAt + clockTolerance + propagationDelay + NEWBORN_MS
    if (isNewborn) return
    this.#inactiveHints.add(hint)
    this.#revoked.set(key, { since: startedAt, hint }, endsAt)
  }

  clear(): void {
    for (const memory of this.#memories) memory.clear()
    this.#inactiveHints.clear()
  }

  get #memories(): readonly Pick<AnswerMemory<unknown>, 'size' | 'clear'>[] {
    return [this.#active, this.#revoked, this.#inactive.validated, this.#inactive.opaque]
  }

  #inactiveSince(key: string): Instant | undefined {
    return (this.#inactive.validated.get(key) ?? this.#inactive.opaque.get(key))?.since
  }
}

/** Both instants are of this process, so that the clock which never steps back orders them. */
function isLater(a: Instant, b: Instant): boolean {
  return a.monotonic > b.monotonic
}
