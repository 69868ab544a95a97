import type { Emit } from '../outcomes/events.js'
import { isRefusalCode, type OperatorCode } from '../outcomes/operator-codes.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import type { PresentedSender } from '../sender-constraints/sender-checks.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock } from '../transport/clock.js'
import type { Principal } from '../vocabulary/principal.js'
import type { Authorization } from './authorization.js'
import { demandsOf, type ToldResource } from './challenge.js'
import { type Denied, granted, type Outcome, refused, unavailable } from './outcome.js'

interface AnswererParts {
  readonly clock: Clock
  /** `undefined` where nobody listens: what is told of a grant costs as much as the rest of its answer. */
  readonly emit: Emit | undefined
  readonly resource: ToldResource
}

/** What is known of a request that is answered. */
interface KnownRequest {
  readonly issuer: string | undefined
  readonly facts: TokenFacts | undefined
}

/** How a token came. */
export interface Reception {
  /** `undefined` where there was none to be read. */
  readonly scheme: TokenScheme | undefined
  readonly sender: PresentedSender
}

/** Makes answers of what was decided, and reports each. */
export function createAnswerer({ clock, emit, resource }: AnswererParts) {
  function denied(
    reason: OperatorCode,
    { issuer, facts }: KnownRequest,
    policy: CompiledPolicy<unknown>,
    { scheme }: Pick<Reception, 'scheme'>,
  ): Denied {
    const event = { at: clock.now(), route: policy.name, issuer }
    if (!isRefusalCode(reason)) {
      emit?.({ type: 'request-unavailable', ...event, reason })
      return unavailable(reason)
    }
    const outcome = refused(reason, demandsOf(policy, resource, scheme))
    const { status, body } = outcome
    emit?.({ type: 'request-refused', ...event, clientId: facts?.clientId, status, error: body.error, reason })
    return outcome
  }

  /** The principal, or the answer to whoever is none. */
  function principalOrDenied<Claims>(
    authorization: Authorization<Claims>,
    policy: CompiledPolicy<Claims>,
    reception: Pick<Reception, 'scheme'>,
  ): { readonly principal: Principal<Claims> } | { readonly denied: Denied } {
    const { issuer, facts, result } = authorization
    if (typeof result === 'string') return { denied: denied(result, authorization, policy, reception) }
    const { evidence } = result
    const { name: route } = policy
    emit?.({ type: 'request-granted', at: clock.now(), route, issuer, clientId: facts?.clientId, evidence })
    return { principal: result }
  }

  function answer<Claims>(
    authorization: Authorization<Claims>,
    policy: CompiledPolicy<Claims>,
    reception: Reception,
  ): Outcome<Claims> {
    const settled = principalOrDenied(authorization, policy, reception)
    return 'denied' in settled ? settled.denied : granted(settled.principal, reception.sender.renewedNonce())
  }

  return { answer, principalOrDenied, denied }
}
