import { RevocationError } from '../outcomes/errors.js'
import type { RevocationFeedInterrupted } from '../outcomes/events.js'
import type { RevocationEntry } from './revocation-entry.js'
import type { CheckedFeedOptions } from './revocation-feed.js'
import type { FeedProgress, RevocationKey } from './revocation-list.js'

export interface FeedFollowerOptions extends Pick<CheckedFeedOptions, 'keys' | 'delay'> {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onInterruption: (reason: RevocationFeedInterrupted['reason']) => void
}

const KEY_OF: Readonly<Record<RevocationEntry['kind'], RevocationKey | undefined>> = {
  token: 'jti',
  login: 'login',
  user: 'sub',
  client: 'client_id',
  issuer: undefined,
}

/** Follows the numbers of one stream, and what its heartbeats prove. It does not know where entries are stored. */
export class FeedFollower implements FeedProgress {
  readonly #options: FeedFollowerOptions
  readonly #keys: Set<RevocationKey>
  #position: number | undefined
  #followedSince: number | undefined
  #heartbeat: { readonly asOf: number; readonly receivedAt: number } | undefined
  /** Until it is told that the stream begins anew, nothing counts. */
  #isHalted = false
  #gapIsReported = false

  constructor(options: FeedFollowerOptions) {
    this.#options = options
    this.#keys = new Set(options.keys)
  }

  get keys(): ReadonlySet<RevocationKey> {
    return this.#keys
  }

  get followedSince(): number | undefined {
    return this.#followedSince
  }

  /** The instant comes from the source: a heartbeat may have waited on its way for as long as it liked. */
  get watermark(): number | undefined {
    return this.#heartbeat === undefined ? undefined : this.#heartbeat.asOf - this.#options.delay
  }

  get watermarkReceivedAt(): number | undefined {
    return this.#heartbeat?.receivedAt
  }

  /** A message whose entries are stored by now. What they turn out to name tokens by counts beside what was declared. */
  applied(sequence: number, entries: readonly RevocationEntry[]): void {
    for (const { kind } of entries) {
      const key = KEY_OF[kind]
      if (key !== undefined) this.#keys.add(key)
    }
    this.#isNext(sequence)
  }

  heartbeat(sequence: number, asOf: number): void {
    if (this.#isNext(sequence)) this.#heartbeat = { asOf, receivedAt: this.#options.now() }
  }

  /** Nothing is proven any more, until the application says that it follows the stream anew. */
  halt(reason: RevocationFeedInterrupted['reason']): void {
    this.lost(reason)
    this.#isHalted = true
  }

  /** Nothing is proven any more, until the next message. */
  lost(reason: RevocationFeedInterrupted['reason'] = 'lost'): void {
    this.#position = undefined
    this.#followedSince = undefined
    this.#heartbeat = undefined
    this.#isHalted = false
    this.#gapIsReported = false
    this.#options.onInterruption(reason)
  }

  /** Moves on by one message; what was missed may still come, and then moves on from there. */
  #isNext(sequence: number): boolean {
    if (this.#isHalted) return false
    if (this.#position === undefined) {
      // Following begins with the first message that is seen, not with the wish to follow: nothing before it is known.
      this.#followedSince = this.#options.now()
    } else if (sequence !== this.#position + 1) {
      if (sequence > this.#position) this.#reportGap()
      return false
    }
    this.#position = sequence
    this.#gapIsReported = false
    return true
  }

  #reportGap(): void {
    if (this.#gapIsReported) return
    this.#gapIsReported = true
    this.#options.onInterruption('sequence-gap')
  }
}

/** A number that has no place in a stream is refused before anything is done with its message. */
export function checkSequence(sequence: unknown): asserts sequence is number {
  if (!Number.isSafeInteger(sequence) || (sequence as number) < 0) {
    throw new RevocationError('entry-malformed', 'sequence of a message must be a whole number from 0', 'sequence')
  }
}
