import { type Deadline, startDeadline } from './deadline.js'

interface Flight<Result> {
  readonly work: Promise<Result>
  readonly deadline: Deadline
  ended: boolean
  givenUp: boolean
}

/** Longer than the work itself may take, so that whoever joins it hears how it ended. */
const GRACE_MS = 250

/**
 * Work that everybody shares who asks for it while it is under way. It ends by itself within `longest` milliseconds.
 * Where it does not, it was abandoned: workerd stops what a request began once that request is answered, and a promise
 * of it never settles. Nobody waits for that, and the next one begins anew.
 */
export class SingleFlight<Result> {
  readonly #longest: number
  #flight: Flight<Result> | undefined

  constructor(longest: number) {
    this.#longest = longest
  }

  get isUnderWay(): boolean {
    return this.#flight !== undefined && !this.wasAbandoned
  }

  /** Whether the work that was begun last has not ended, and will not. */
  get wasAbandoned(): boolean {
    const flight = this.#flight
    return flight !== undefined && (flight.givenUp || flight.deadline.remaining() === 0)
  }

  /** Joins the work under way, for as long as that may take, or begins it. */
  join(begin: () => Promise<Result>): Promise<Result> {
    return this.#flight !== undefined && this.isUnderWay ? waitFor(this.#flight) : this.#begin(begin)
  }

  #begin(begin: () => Promise<Result>): Promise<Result> {
    const work = begin().finally(() => {
      flight.ended = true
      if (this.#flight === flight) this.#flight = undefined
    })
    const flight = { work, deadline: startDeadline(this.#longest + GRACE_MS), ended: false, givenUp: false }
    this.#flight = flight
    return work
  }
}

async function waitFor<Result>(flight: Flight<Result>): Promise<Result> {
  try {
    return await flight.deadline.within(flight.work)
  } catch (error) {
    // A timer may be early by some milliseconds: what it has ended must not look as if it were still under way.
    if (!flight.ended) flight.givenUp = true
    throw error
  }
}
