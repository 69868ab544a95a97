import { type CompiledPolicy, type Denied, type Outcome, type Presented, TokenUncheckedError } from '@tokenward/core'

/**
 * What was decided about one policy. That it could not be decided is thrown: API Gateway then answers 500 and keeps
 * nothing, where a denial could be kept for an hour and would tell clients that their token is bad.
 *
 * @throws {@link TokenUncheckedError} when the token could not be checked.
 */
export async function decided<Claims>(
  presented: Presented,
  policy: CompiledPolicy<Claims>,
): Promise<Exclude<Outcome<Claims>, { outcome: 'unavailable' }>> {
  const outcome = await presented.authorize(policy)
  if (outcome.outcome === 'unavailable') throw new TokenUncheckedError(outcome.reason)
  return outcome
}

/**
 * What one answer says of all of them: a token that one route has found to be revoked is so on every route, also on those
 * that had been decided by then.
 */
export function revocationAmong(outcomes: Iterable<Outcome<unknown>>): Denied | undefined {
  for (const outcome of outcomes) {
    if (outcome.outcome === 'refused' && outcome.reason === 'token-revoked') return outcome
  }
  return undefined
}

/** What API Gateway takes for 401 of the authorizers of REST and WebSocket APIs: an error with exactly this message. */
export function unauthorized(): Error {
  return new Error('Unauthorized')
}

/** Whether another token would do; a denial would be 403, at which clients do not log in again. */
export function asksForAnotherToken({ status }: Denied): boolean {
  return status === 401 || status === 400
}
