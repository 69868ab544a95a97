import {
  type CompiledPolicy,
  type Denied,
  type Outcome,
  type Presented,
  type Principal,
  TokenUncheckedError,
} from '@tokenward/core'

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

type Decided = Exclude<Outcome<unknown>, { outcome: 'unavailable' }>

/** What was decided, policy by policy. */
export type Landed = Map<CompiledPolicy<unknown>, Decided>

/**
 * What was decided about several policies for an answer to one request.
 *
 * @throws {@link TokenUncheckedError} when the token could not be checked.
 */
export async function decidedEach(presented: Presented, policies: readonly CompiledPolicy<unknown>[]): Promise<Landed> {
  return new Map(await Promise.all(policies.map(async (policy) => [policy, await decided(presented, policy)] as const)))
}

/** What decisions of an answer that is kept may lie apart. API Gateway counts the time for which it is from the last. */
const TOGETHER_MS = 100
const MAX_ROUNDS = 3

/**
 * The same for an answer that is kept. A grant that has waited for a slower one is decided again: it would hold for less
 * time than the answer is kept.
 *
 * @throws {@link TokenUncheckedError} when the token could not be checked, or not within a time that is short enough.
 */
export async function decidedTogether(
  presented: Presented,
  policies: readonly CompiledPolicy<unknown>[],
): Promise<Landed> {
  const landed: Landed = new Map()
  const instants = new Map<CompiledPolicy<unknown>, number>()
  let open = policies
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new TokenUncheckedError('decided-too-late')
    await Promise.all(
      open.map(async (policy) => {
        landed.set(policy, await decided(presented, policy))
        instants.set(policy, performance.now())
      }),
    )
    const last = Math.max(...instants.values())
    const isEarly = (policy: CompiledPolicy<unknown>) => last - (instants.get(policy) as number) > TOGETHER_MS
    open = policies.filter((policy) => landed.get(policy)?.outcome === 'granted' && isEarly(policy))
  }
  return landed
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

export function grantedAmong(outcomes: readonly Outcome<unknown>[]): readonly Principal<unknown>[] {
  return outcomes.flatMap((outcome) => (outcome.outcome === 'granted' ? [outcome.principal] : []))
}

/** What API Gateway takes for 401 of the authorizers of REST and WebSocket APIs: an error with exactly this message. */
export function unauthorized(): Error {
  return new Error('Unauthorized')
}

/** Whether another token would do; a denial would be 403, at which clients do not log in again. */
export function asksForAnotherToken({ status }: Denied): boolean {
  return status === 401 || status === 400
}
