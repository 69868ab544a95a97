import {
  type ClaimsOf,
  type ClaimsSchema,
  ConfigurationError,
  type Duration,
  type PolicyOrLiteral,
  type RoutePolicy,
  type SenderDemand,
} from '@tokenward/core'
import { declare } from './declarations.js'

/** More about the bound of `@MaxRevocationLag()`. */
export interface MaxRevocationLagOptions {
  /**
   * The bound while the authorization server cannot be reached; never below the first, which must be a duration then.
   * Default none: such a request is unavailable.
   */
  readonly duringOutage?: Duration
}

/**
 * Opens a handler to requests without a token, whatever its class demands; on a class, opens those handlers that demand
 * nothing themselves. A subclass or an override has to repeat it.
 */
export function Public(): ClassDecorator & MethodDecorator {
  return declaring('public', true)
}

/** The token must have all these scopes. Those of the class, its base classes and the method add up. */
export function RequireScopes(scopes: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ scopes })
}

/** The token must have one of these scopes. Where it stands several times, each list must be met. */
export function RequireAnyScope(anyScope: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ anyScope })
}

/** The token must have one of these groups. Where it stands several times, each list must be met. */
export function RequireGroups(groups: readonly string[]): ClassDecorator & MethodDecorator {
  return demanding({ groups })
}

/**
 * How long a revoked token may still be accepted here: `'0s'`, `'30s'`, or `'token-lifetime'`, which is the default. On
 * the method it takes the place of the one on the class.
 */
export function MaxRevocationLag(
  maxRevocationLag: 'token-lifetime' | Duration,
  options: MaxRevocationLagOptions = {},
): ClassDecorator & MethodDecorator {
  return demanding({
    maxRevocationLag,
    ...('duringOutage' in options && { maxRevocationLagDuringOutage: options.duringOutage as Duration }),
  })
}

/** What `@StepUp()` demands of the user's login (RFC 9470): one of the two members, or both. */
export interface StepUpDemand {
  /** Authentication context classes of which the login must have one, the preferred one first. Default any. */
  readonly acrValues?: readonly string[]
  /** How long ago the user may have logged in, in whole seconds from `'1s'` to `'365d'`. Default any time. */
  readonly maxAge?: Duration
}

/**
 * How strong the user's login has to be, and how recent: `@StepUp({ acrValues: ['mfa'], maxAge: '5m' })`. The challenge
 * tells the client what to log in with. On the method each of the two takes the place of that on the class.
 *
 * @throws {@link ConfigurationError} where it demands nothing.
 */
export function StepUp(demand: StepUpDemand): ClassDecorator & MethodDecorator {
  const demandsSomething = 'acrValues' in demand || 'maxAge' in demand
  if (!demandsSomething) throw new ConfigurationError('@StepUp()', 'needs acrValues or maxAge')
  return demanding(demand)
}

/**
 * The token must be bound to its sender, by a client certificate (RFC 8705) or a key (RFC 9449), or its client pinned to a
 * certificate; the server has to be set up with `senderConstraints`. A bound token is held to its sender everywhere, with or
 * without this. On the method it takes the place of the one on the class: `@SenderConstrained('if-bound')` demands nothing.
 */
export function SenderConstrained(demand: SenderDemand = 'required'): ClassDecorator & MethodDecorator {
  return demanding({ senderConstrained: demand })
}

/** What `@Authorize()` asks the decision point, each part as it is or as a function that says it for a request. */
export interface Question {
  /** What the handler does, as the decision point calls it. */
  readonly action: NonNullable<RoutePolicy['action']>
  /**
   * What the action is done to; where a function returns `null` or `undefined`, there is no such thing: 403. Functions
   * are given the path parameters, the arguments of a GraphQL field or the members of a message as `params`. Default none.
   */
  readonly resource?: NonNullable<RoutePolicy['resource']>
  /** The circumstances. Default none. */
  readonly context?: NonNullable<RoutePolicy['context']>
}

/**
 * The decision point of the server has to permit this, after everything else was met:
 * `@Authorize({ action: 'refund', resource: ({ params }) => ({ type: 'Order', id: String(params.id) }) })`. Where it
 * stands several times, each question must be answered with yes.
 */
export function Authorize(question: Question): ClassDecorator & MethodDecorator {
  return demanding(question)
}

/**
 * A whole policy at once, written out or from `definePolicy`. It merges with the other decorators: lists add up, and of
 * what has one value the method's counts.
 */
export function Policy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
  policy: PolicyOrLiteral<Schema, Claims>,
): ClassDecorator & MethodDecorator {
  return demanding(policy)
}

function demanding(
  policy: PolicyOrLiteral<ClaimsSchema | undefined, unknown> | RoutePolicy,
): ClassDecorator & MethodDecorator {
  return declaring('policy', policy)
}

function declaring(declaration: 'public' | 'policy', value: unknown): ClassDecorator & MethodDecorator {
  return (target: object, property?: string | symbol) => declare(declaration, value, target, property)
}
