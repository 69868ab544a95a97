import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { readArrival, type Arrival } from '../strategy/live-flights.js'
import { type Clock, elapsedSince, type Instant } from '../transport/clock.js'

/** Options of `ResourceServer.present`. */
export interface PresentOptions {
  /**
   * The instant that `maxRevocationLag` counts from. `'each-policy'` (default): when the policy is decided, as if a request
   * came with it; right for a connection that stays open. `'request'`: when the request was presented, so that a call to
   * the authorization server that was made for one policy serves all; right for a batch of calls in one HTTP request.
   */
  readonly arrival?: 'each-policy' | 'request' | undefined
}

/** Says when the request came of which a policy is decided. */
export function arrivalsOf(clock: Clock, options: PresentOptions | undefined): () => Arrival {
  if (options !== undefined) checkPresentOptions(options)
  if (options?.arrival !== 'request') return () => readArrival(clock)
  const arrival = readArrival(clock, { ofSeveral: true })
  return () => arrival
}

/** For so long a request that was presented is decided by the keys of then: to look again would cost each request. */
const SAME_KEYS_MS = 1_000

export function keyMayBeGone(presentedAt: Instant, arrived: Arrival): boolean {
  return arrived.ofSeveral === true || elapsedSince(presentedAt, arrived) >= SAME_KEYS_MS
}

export function checkPresentOptions(options: PresentOptions): void {
  checkOptionNames('present', options, ['arrival'])
  const { arrival } = options
  if (arrival !== undefined && arrival !== 'each-policy' && arrival !== 'request') {
    throw new ConfigurationError('present.arrival', "must be 'each-policy' or 'request'")
  }
}
