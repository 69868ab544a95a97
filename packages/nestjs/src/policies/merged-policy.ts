import {
  type ClaimsSchema,
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  type DecisionDemand,
  definePolicy,
  type PathParameters,
  type PolicyInput,
  type RoutePolicy,
} from '@tokenward/core'
import type { Place } from './declarations.js'

type AnyPolicy = CompiledPolicy<unknown>

/** A policy as it was given, and compiled: the same where it was compiled already. */
interface Declared {
  readonly given: unknown
  readonly compiled: AnyPolicy
}

/**
 * One policy of what each place says, the innermost place last. Lists add up, and the decision point must permit each
 * action. Of what can have one value the innermost place that gives any decides. Functions see `params` where they are
 * not those of the request.
 */
export function mergePlaces(name: string, places: readonly Place[], params?: PathParameters): AnyPolicy {
  const declared = places.map((place) =>
    place.map((given) => ({ given, compiled: definePolicy(given as RoutePolicy) as AnyPolicy })),
  )
  const policies = declared.flat().map(({ compiled }) => compiled)
  const [claims] = onlyOne('claims', new Set(policies.flatMap((policy) => policy.claims ?? [])))
  const decisions = policies.flatMap((policy) => policy.decisions)
  // Only the policy that has the schema can hand on what it makes of the claims.
  const [typed] = onlyOne('action', new Set(decisions.filter(({ readsSchemaOutput }) => readsSchemaOutput)))
  const single = singleValues.map((valueOf) => declared.flatMap((place) => decidedBy(place, valueOf)).at(-1))
  const first = Object.assign({ name }, ...single, claims && { claims }, typed && questionOf(typed, params))
  const others = [...new Set(decisions)].filter((decision) => decision !== typed)
  return combinePolicies(
    definePolicy(first as RoutePolicy<ClaimsSchema>) as AnyPolicy,
    ...policies.flatMap(listsOf),
    ...others.map((decision) => definePolicy(questionOf(decision, params))),
  )
}

function onlyOne<Value>(member: string, values: ReadonlySet<Value>): readonly Value[] {
  if (values.size > 1) {
    const problem =
      member === 'claims'
        ? 'is given by two policies, and a handler takes one; make one schema of both'
        : 'stands in two policies with a claims schema; let @Authorize() ask one of the questions'
    throw new ConfigurationError(`policy.${member}`, problem)
  }
  return [...values]
}

/** A question as a policy has it. */
function questionOf({ action, resource, context }: DecisionDemand, params: PathParameters | undefined): RoutePolicy {
  const parts = Object.entries({ action, resource, context }).filter(([, part]) => part !== undefined)
  return Object.fromEntries(parts.map(([name, part]) => [name, params === undefined ? part : withParams(part, params)]))
}

function withParams(part: unknown, params: PathParameters): unknown {
  if (typeof part !== 'function') return part
  return (input: PolicyInput<unknown>): unknown => part({ ...input, params })
}

/** What can have one value, each as the part of a policy that gives it. */
const singleValues: readonly ((declared: Declared) => RoutePolicy | undefined)[] = [
  ({ given, compiled }) => {
    const { maxRevocationLag, maxRevocationLagDuringOutage: duringOutage } = compiled
    if (!isWrittenIn(given, compiled, 'maxRevocationLag', 'token-lifetime')) return undefined
    return { maxRevocationLag, ...(duringOutage !== undefined && { maxRevocationLagDuringOutage: duringOutage }) }
  },
  ({ compiled: { acrValues } }) => (acrValues.length > 0 ? { acrValues } : undefined),
  ({ compiled: { maxAge } }) => (maxAge === undefined ? undefined : { maxAge }),
  ({ given, compiled }) => {
    const { senderConstrained } = compiled
    return isWrittenIn(given, compiled, 'senderConstrained', 'if-bound') ? { senderConstrained } : undefined
  },
]

/** Whoever writes a value out means it. In what was compiled before nobody can tell it from the default. */
function isWrittenIn<Name extends 'maxRevocationLag' | 'senderConstrained'>(
  given: unknown,
  compiled: AnyPolicy,
  name: Name,
  byDefault: AnyPolicy[Name],
): boolean {
  return given === compiled ? compiled[name] !== byDefault : Object.hasOwn(given as object, name)
}

/** What one place gives, which must not be two values. */
function decidedBy(place: readonly Declared[], valueOf: (declared: Declared) => RoutePolicy | undefined) {
  const values = place.flatMap((declared) => valueOf(declared) ?? [])
  if (values.length > 1) {
    const [name] = Object.keys(values[0] as RoutePolicy)
    throw new ConfigurationError(`policy.${name}`, 'is given twice at the same place; decide for one')
  }
  return values
}

/** The part of a policy that adds up, without what can have one value. */
function listsOf({ scopes, anyScope, groups, issuers }: AnyPolicy): readonly AnyPolicy[] {
  return [
    ...(scopes.length > 0 ? [{ scopes }] : []),
    ...anyScope.map((list) => ({ anyScope: list })),
    ...groups.map((list) => ({ groups: list })),
    ...issuers.map((list) => ({ issuers: list })),
  ].map((part) => definePolicy(part))
}
