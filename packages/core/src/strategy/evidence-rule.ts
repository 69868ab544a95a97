import { elapsedSince, type Instant } from '../transport/clock.js'
import { CLOCK_RESOLUTION } from './live-flights.js'
import type { RevocationLag } from './revocation-lag.js'

/** A token cannot be revoked before it was issued; the issuer's clock may be ahead by the tolerance. */
export function ageOfIssue(issuedAt: number, arrival: Instant, clockTolerance: number): number {
  return arrival.wall - issuedAt + clockTolerance
}

/** What a list is complete as of stands on the clock of its source, which may be ahead as well. */
export function ageOfList(completeAsOf: number, arrival: Instant, clockTolerance: number): number {
  return arrival.wall - completeAsOf + clockTolerance
}

/** An answer that this process saw is as old as its call, on the clock that moved further. */
export function ageOfAnswer(startedAt: Instant, arrival: Instant): number {
  return elapsedSince(startedAt, arrival) + CLOCK_RESOLUTION
}

/**
 * Whether a fact of some age keeps the promise of a route. On `0` only a call does that was sent for the request, and
 * which has no age to compare.
 */
export function keepsPromise(age: number, lag: RevocationLag): boolean {
  return lag === 'token-lifetime' || (lag > 0 && age <= lag)
}

/** Whether a token issued this very moment would keep the promise by its age alone. */
export function newTokenKeepsPromise(lag: RevocationLag, clockTolerance: number): boolean {
  return lag === 'token-lifetime' || lag > clockTolerance
}
