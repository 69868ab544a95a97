import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'

/** What a live call brought, and the instant it was sent: its answer is true as of then, whenever it arrived. */
export interface LandedCall<Answer> {
  readonly startedAt: Instant
  readonly answer: Answer
}

/** When a request came. */
export interface Arrival extends Instant {
  /** Whether several policies may be decided of the one request, one after the other: one call serves them all. */
  readonly ofSeveral?: boolean
}

export function readArrival(clock: Clock, { ofSeveral = false } = {}): Arrival {
  return ofSeveral ? { ...readInstant(clock), ofSeveral } : readInstant(clock)
}

/** A request that needs to know about a token. */
export interface LiveQuestion<Answer> {
  /** Names the token; calls for different keys have nothing to do with each other. */
  readonly key: string
  /** When the request came. */
  readonly arrival: Arrival
  /** Milliseconds before the arrival that an answer may be true as of. */
  readonly maxLag: number
  /** Makes the call, which must end by itself. It is told when it was sent. */
  readonly send: (startedAt: Instant) => Promise<Answer>
}

/** Two instants of one tick are not known to be in order, so that a tick counts as passed. */
export const CLOCK_RESOLUTION = 1

/**
 * Lets requests share calls without ever deciding one by a call that was sent too long before it came. For each key at
 * most one call is under way, and one more gathers those who came too late for it; it is sent when the first has ended.
 */
export class LiveFlights<Answer> {
  readonly #clock: Clock
  /** Of requests that may come back, the call that was sent after they came. */
  readonly #sentFor = new WeakMap<Arrival, Flight<Answer>>()
  readonly #underWay = new Map<string, { sent?: Flight<Answer> | undefined; gathering?: Flight<Answer> | undefined }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keys with a call under way. */
  get size(): number {
    return this.#underWay.size
  }

  /** Rejects only when a call failed that was sent after the request came. */
  async ask(question: LiveQuestion<Answer>): Promise<LandedCall<Answer>> {
    const { key, arrival, maxLag } = question
    const own = this.#sentFor.get(arrival)
    if (own?.key === key) return own.landed
    const { sent, gathering } = this.#underWay.get(key) ?? {}
    if (gathering === undefined && sent !== undefined && isRecent(sent, arrival, maxLag)) {
      try {
        return await sent.landed
      } catch {
        // It began before this request came, so that its failure is none of this request's.
      }
    }
    const flight = this.#gather(question)
    if (arrival.ofSeveral === true) this.#sentFor.set(arrival, flight)
    return flight.landed
  }

  #gather({ key, send }: LiveQuestion<Answer>): Flight<Answer> {
    const flights = this.#underWay.get(key) ?? {}
    this.#underWay.set(key, flights)
    if (flights.gathering !== undefined) return flights.gathering
    const before = flights.sent?.landed.catch(() => {})
    const flight: Flight<Answer> = {
      key,
      startedAt: undefined,
      landed: Promise.resolve(before).then(async () => {
        flights.gathering = undefined
        flights.sent = flight
        const startedAt = (flight.startedAt = readInstant(this.#clock))
        try {
          return { startedAt, answer: await send(startedAt) }
        } finally {
          flights.sent = undefined
          if (flights.gathering === undefined) this.#underWay.delete(key)
        }
      }),
    }
    // Whoever waits hears of a failure; that nobody waits any more is no reason to end the process.
    flight.landed.catch(() => {})
    flights.gathering = flight
    return flight
  }
}

interface Flight<Answer> {
  readonly key: string
  /** `undefined` until it is sent. */
  startedAt: Instant | undefined
  readonly landed: Promise<LandedCall<Answer>>
}

function isRecent({ startedAt }: Flight<unknown>, arrival: Instant, maxLag: number): boolean {
  return startedAt !== undefined && elapsedSince(startedAt, arrival) + CLOCK_RESOLUTION <= maxLag
}
