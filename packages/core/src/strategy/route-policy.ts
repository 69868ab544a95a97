import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, scopeListOption, stringListOption } from '../outcomes/option-check.js'
import type { SenderDemand } from '../tokens/sender-constraint.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import type { Duration } from '../vocabulary/duration.js'
import type { PolicyFunction, PolicyResource } from '../vocabulary/policy-input.js'
import { isStandardSchema, type StandardSchema } from '../vocabulary/standard-schema.js'
import { checkDecisionDemand, type DecisionDemand } from './decision-demand.js'
import { assertHoldable, checkHeldFor } from './held-decision.js'
import { checkRevocationLag, strictestRevocationLag } from './revocation-lag.js'
import { checkStepUp, combinedStepUp } from './step-up.js'

/** Any schema that follows Standard Schema v1: Zod, Valibot, ArkType and others. */
export type ClaimsSchema = StandardSchema<unknown, unknown>

/** The type of `principal.claims` under a schema: its output. */
export type ClaimsOf<Schema extends ClaimsSchema | undefined> = Schema extends ClaimsSchema
  ? NonNullable<Schema['~standard']['types']>['output']
  : AccessTokenClaims

/** What a route demands of a token. Everything given must hold. */
export interface RoutePolicy<Schema extends ClaimsSchema | undefined = undefined> {
  /** Names the route in events and in `explain`, as `route`. Default none. */
  readonly name?: string
  /**
   * How long a revoked token may still be accepted here. `'token-lifetime'` (default): until it expires; a JWT is
   * validated locally and nothing is called. A duration such as `'30s'`, from `'0s'` to `'365d'`: evidence that old will
   * do, else the authorization server is asked. `'0s'`: it is asked for every request.
   */
  readonly maxRevocationLag?: 'token-lifetime' | Duration
  /**
   * The bound while the authorization server cannot be reached (no connection, a timeout, a status from 500 on); never
   * below `maxRevocationLag`, which must be a duration then. Default none: such a request is unavailable.
   */
  readonly maxRevocationLagDuringOutage?: Duration
  /**
   * How long whoever asks repeats the answer without asking again, as API Gateway does with results of authorizers; up to
   * `'1d'`. Every bound then holds at the end of that time, not at its beginning: evidence and login have to be younger by
   * it, and a token that ends within it is refused. `maxRevocationLag` and `maxAge` must be above it; not with `action`.
   * Default `'0s'`: each request is decided by itself.
   */
  readonly heldFor?: Duration
  /** Scope tokens (RFC 6749 §3.3) the token must have, all of them. Default none. */
  readonly scopes?: readonly string[]
  /** Scope tokens of which the token must have at least one. Default none needed. */
  readonly anyScope?: readonly string[]
  /** Groups (`cognito:groups`, or `groups` of RFC 9068 §2.2.3.1) of which the token must have at least one. Default none needed. */
  readonly groups?: readonly string[]
  /** Issuer identifiers of which one must have issued the token. Default: every configured issuer. */
  readonly issuers?: readonly string[]
  /** A Standard Schema (v1) the claims must satisfy; its output becomes `principal.claims`. Default: the claims as they are. */
  readonly claims?: Schema
  /**
   * Authentication context classes, the preferred one first, of which the user's login must have one (`acr`, RFC 9470).
   * They are names, not levels: list stronger ones, too. A token without `acr` has none. Default none needed.
   */
  readonly acrValues?: readonly string[]
  /**
   * How long ago the user may have logged in (`auth_time`, RFC 9470), in whole seconds from `'1s'` to `'365d'`; the
   * `clockTolerance` of the issuer comes on top. A token without `auth_time` never will do. Default: any time.
   */
  readonly maxAge?: Duration
  /**
   * `'required'`: only tokens that are bound to their sender (RFC 8705, RFC 9449), or whose client is pinned to a
   * certificate, with what proves it. `'if-bound'` (default): others, too. A bound token is never accepted without.
   */
  readonly senderConstrained?: SenderDemand
  /**
   * What the route does, as the decision point calls it (`createResourceServer({ decisionPoint })`), or a function that
   * says so. With it the decision point is asked, after every other check. Default: it is not.
   */
  readonly action?: string | PolicyFunction<ClaimsOf<Schema>, string>
  /**
   * What the action is done to, or a function that says so; where that returns `null` or `undefined`, there is no such
   * thing: 403. Needs `action`. Default none.
   */
  readonly resource?: PolicyResource | PolicyFunction<ClaimsOf<Schema>, PolicyResource | null | undefined>
  /** The circumstances, or a function that says them. Needs `action`. Default none. */
  readonly context?: Readonly<Record<string, unknown>> | PolicyFunction<ClaimsOf<Schema>, object>
}

const COMPILED: unique symbol = Symbol.for('@tokenward/core.compiled-policy')

/** A {@link RoutePolicy} that was checked and frozen, by `definePolicy`, `combinePolicies` or `api.policy`. */
export interface CompiledPolicy<Claims = AccessTokenClaims> {
  /** Names the route in events and in `explain`. */
  readonly name: string | undefined
  /** How long a revoked token may still be accepted, in milliseconds. */
  readonly maxRevocationLag: 'token-lifetime' | number
  /** The same while the authorization server cannot be reached; `undefined`: not accepted then. */
  readonly maxRevocationLagDuringOutage: number | undefined
  /** How long the answer is repeated without asking again, in milliseconds; 0: not at all. */
  readonly heldFor: number
  /** Scopes needed, all of them. */
  readonly scopes: readonly string[]
  /** Of each list one scope is needed. */
  readonly anyScope: AnyOfEach
  /** Of each list one group is needed. */
  readonly groups: AnyOfEach
  /** Each list must name the issuer of the token. */
  readonly issuers: AnyOfEach
  /** The schema that claims must satisfy. */
  readonly claims: StandardSchema<unknown, Claims> | undefined
  /** Of these one `acr` is needed; none where the list is empty. */
  readonly acrValues: readonly string[]
  /** How long ago the user may have logged in, in milliseconds. */
  readonly maxAge: number | undefined
  /** Whether the token has to be bound to its sender, or is held to what it is bound to where it is. */
  readonly senderConstrained: SenderDemand
  /** What the decision point is asked; it must permit each. */
  readonly decisions: readonly DecisionDemand[]
  /** @internal */
  readonly [COMPILED]: true
}

/** Of each inner list one member is needed; an empty outer list needs nothing. */
type AnyOfEach = readonly (readonly string[])[]

const OWNER = 'policy'
const KNOWN = [
  'name',
  'maxRevocationLag',
  'maxRevocationLagDuringOutage',
  'heldFor',
  'scopes',
  'anyScope',
  'groups',
  'issuers',
  'claims',
  'acrValues',
  'maxAge',
  'senderConstrained',
  'action',
  'resource',
  'context',
] as const

/**
 * Checks a policy and freezes it; one that is compiled already is handed back. It needs no server, so decorators can use
 * it; a server checks it against its issuers when it first meets it, and `api.policy` does both at once.
 *
 * @throws {@link ConfigurationError} naming the member that is unknown, `undefined` or not of its kind.
 */
export function definePolicy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
  policy: RoutePolicy<Schema> | CompiledPolicy<Claims>,
): CompiledPolicy<Claims> {
  if (typeof policy === 'object' && policy !== null && isCompiledPolicy(policy)) return policy as CompiledPolicy<Claims>
  checkOptionNames(OWNER, policy, KNOWN)
  const given = policy as RoutePolicy<ClaimsSchema>
  for (const [name, value] of Object.entries(given)) {
    // An absent check and one that was meant to be there must not look alike.
    if (value === undefined) {
      throw new ConfigurationError(`${OWNER}.${name}`, 'is undefined; leave it out or give a value')
    }
  }
  if (given.name !== undefined && (typeof given.name !== 'string' || given.name === '')) {
    throw new ConfigurationError(`${OWNER}.name`, 'must be a non-empty string')
  }
  if (given.claims !== undefined && !isStandardSchema(given.claims)) {
    throw new ConfigurationError(`${OWNER}.claims`, 'must be a Standard Schema, for example a Zod or Valibot schema')
  }
  return compiled({
    name: given.name,
    ...checkRevocationLag(OWNER, given),
    heldFor: checkHeldFor(OWNER, given),
    scopes: scopeList('scopes', given.scopes).flat(),
    anyScope: scopeList('anyScope', given.anyScope),
    groups: list('groups', given.groups, 'must be a list of one or more group names'),
    issuers: list('issuers', given.issuers, 'must be a list of one or more issuer identifiers'),
    claims: given.claims,
    ...checkStepUp(OWNER, given),
    senderConstrained: checkSenderDemand(given.senderConstrained),
    decisions: checkDecisionDemand(OWNER, given),
  }) as CompiledPolicy<Claims>
}

/**
 * One policy that demands what all of them demand: scopes add up, and each `anyScope`, `groups` and `issuers` must be
 * met; the smallest `maxAge` counts, the longest `heldFor`, and the `acrValues` that all of them accept;
 * `senderConstrained: 'required'` wins; the decision point must permit each `action`. The name is the first there is.
 *
 * @throws {@link ConfigurationError} when another than the first has a claims schema, no `acrValues` are left, or a bound is
 * not above the longest `heldFor`.
 */
export function combinePolicies<Claims>(
  first: CompiledPolicy<Claims>,
  ...others: readonly CompiledPolicy<unknown>[]
): CompiledPolicy<Claims> {
  if (others.some(({ claims }) => claims !== undefined)) {
    throw new ConfigurationError(`${OWNER}.claims`, 'can be combined only where the first policy has it')
  }
  const all = [first, ...others]
  return compiled({
    name: all.find(({ name }) => name !== undefined)?.name,
    ...strictestRevocationLag(all),
    heldFor: Math.max(...all.map(({ heldFor }) => heldFor)),
    scopes: [...new Set(all.flatMap(({ scopes }) => scopes))],
    anyScope: all.flatMap(({ anyScope }) => anyScope),
    groups: all.flatMap(({ groups }) => groups),
    issuers: all.flatMap(({ issuers }) => issuers),
    claims: first.claims,
    ...combinedStepUp(OWNER, all),
    senderConstrained: all.some((policy) => policy.senderConstrained === 'required') ? 'required' : 'if-bound',
    decisions: [...new Set(all.flatMap(({ decisions }) => decisions))],
  })
}

function checkSenderDemand(demand: SenderDemand = 'if-bound'): SenderDemand {
  if (demand === 'required' || demand === 'if-bound') return demand
  throw new ConfigurationError(`${OWNER}.senderConstrained`, "must be 'required' or 'if-bound'")
}

export function isCompiledPolicy(policy: object): policy is CompiledPolicy<unknown> {
  return Object.hasOwn(policy, COMPILED)
}

function compiled<Claims>(parts: Omit<CompiledPolicy<Claims>, typeof COMPILED>): CompiledPolicy<Claims> {
  assertHoldable(OWNER, parts)
  for (const part of Object.values(parts)) if (Array.isArray(part)) Object.freeze(part)
  // Not enumerable: a spread copy, whose members may have been changed, is a literal again and checked as one.
  const hidden = { [COMPILED]: { value: true } }
  const policy = Object.defineProperties({ ...parts }, hidden)
  return Object.freeze(policy) as unknown as CompiledPolicy<Claims>
}

function list(name: string, value: readonly string[] | undefined, accepted: string): AnyOfEach {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new ConfigurationError(`${OWNER}.${name}`, accepted)
  return [stringListOption(`${OWNER}.${name}`, value, accepted)]
}

function scopeList(name: string, value: readonly string[] | undefined): AnyOfEach {
  const accepted = "must be a list of one or more scope tokens (RFC 6749 §3.3), such as ['orders/read']"
  return value === undefined ? [] : [scopeListOption(`${OWNER}.${name}`, value, accepted)]
}
