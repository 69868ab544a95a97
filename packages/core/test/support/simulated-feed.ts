import type { RevocationEntry, RevocationFeed } from '../../src/index.js'
import type { TrueTime } from './simulated-issuer.js'

type Message =
  | { readonly sequence: number; readonly entries: readonly RevocationEntry[] }
  | { readonly sequence: number; readonly asOf: number }

/** The stream in which an authorization server writes down what it revokes: numbered, in order, and a little late. */
export class SimulatedFeed {
  /** How late an entry may stand in the stream. */
  readonly delay: number
  readonly #time: TrueTime
  readonly #clockOffset: number
  readonly #stream: Message[] = []
  #due: { readonly entry: RevocationEntry; readonly revokedAt: number }[] = []

  constructor(time: TrueTime, { clockOffset, delay }: { readonly clockOffset: number; readonly delay: number }) {
    this.#time = time
    this.#clockOffset = clockOffset
    this.delay = delay
  }

  /** Its own clock, in whole milliseconds. */
  now(): number {
    return Math.floor(this.#time.now + this.#clockOffset)
  }

  revoked(entry: RevocationEntry): void {
    this.#due.push({ entry, revokedAt: this.#time.now })
  }

  /** Writes down what must stand there by now, and whatever else there is where it is in a hurry. */
  write(hurries: boolean): void {
    const isDue = (revokedAt: number) => hurries || revokedAt <= this.#time.now - this.delay
    const entries = this.#due.filter(({ revokedAt }) => isDue(revokedAt)).map(({ entry }) => entry)
    this.#due = this.#due.filter(({ revokedAt }) => !isDue(revokedAt))
    if (entries.length > 0) this.#stream.push({ sequence: this.#stream.length, entries })
  }

  beat(): void {
    this.write(false)
    this.#stream.push({ sequence: this.#stream.length, asOf: this.now() })
  }

  /** A subscriber that begins with what is written from now on. */
  subscribe(feed: RevocationFeed): FeedSubscription {
    return new FeedSubscription(this.#stream, feed)
  }
}

/** What one process has read of the stream; messages may wait on their way, or get lost. */
export class FeedSubscription {
  readonly #stream: readonly Message[]
  readonly #feed: RevocationFeed
  #position: number

  constructor(stream: readonly Message[], feed: RevocationFeed) {
    this.#stream = stream
    this.#feed = feed
    this.#position = stream.length
  }

  deliver(count: number): void {
    for (const message of this.#stream.slice(this.#position, this.#position + count)) {
      if ('asOf' in message) this.#feed.heartbeat(message)
      else void this.#feed.apply(message)
      this.#position += 1
    }
  }

  loseNext(): void {
    if (this.#position < this.#stream.length) this.#position += 1
  }

  /** Reads on with what comes from now on, and says so. */
  resubscribe(): void {
    this.#position = this.#stream.length
    this.#feed.lost()
  }
}
