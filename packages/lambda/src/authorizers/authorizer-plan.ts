import {
  type ClaimsSchema,
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type PolicyOrLiteral,
  type ResourceServer,
} from '@tokenward/core'
import { assertOptionNames, assertResourceServer } from '../option-check.js'
import { assertWholeDocumentFits } from './document-size.js'
import { createRouteTable, documentsOf, type RouteTable } from './route-table.js'
import type { CheckedResultCache } from './result-cache.js'

/** A policy whatever its claims, written out or compiled. */
export type AnyPolicy = PolicyOrLiteral<ClaimsSchema | undefined, unknown>

/** What an authorizer demands: one policy for all its routes, a table of all of them, or a function. */
export type AuthorizerPolicies<Event> =
  | {
      /** What every route of the authorizer demands. `{}`: a valid access token. */
      readonly policy: AnyPolicy
      readonly routes?: never
      readonly policyFor?: never
    }
  | {
      /**
       * Every route of the authorizer with its policy, by its key: `'DELETE /orders/{id}'`, `'ANY /{proxy+}'`, `'$default'`.
       * List all: the authorizer fails for one that is not listed, and a policy document that is kept knows none.
       */
      readonly routes: Readonly<Record<string, AnyPolicy>>
      readonly policy?: never
      readonly policyFor?: never
    }
  | {
      /**
       * Says what a request demands. Where results are kept the route has to be among the identity sources, and the function
       * is shown `routeKey` (HTTP APIs, payload format 2.0), or `httpMethod` and `resource` (REST APIs), alone: a result that
       * depended on anything else would serve requests it was not made for.
       */
      readonly policyFor: (event: Event) => AnyPolicy | Promise<AnyPolicy>
      readonly policy?: never
      readonly routes?: never
    }

/** What an authorizer demands, checked. Bounds hold at the end of the time for which results are kept. */
export type AuthorizerPlan<Event> =
  | { readonly kind: 'policy'; readonly policy: CompiledPolicy<unknown> }
  | { readonly kind: 'routes'; readonly table: RouteTable }
  | { readonly kind: 'policyFor'; readonly policyFor: (event: Event) => Promise<CompiledPolicy<unknown>> }

interface PlanOptions {
  readonly owner: string
  readonly cache: CheckedResultCache
  /** Whether results may be policy documents, in which a table has to be written down. */
  readonly inDocuments: boolean
  /** Members of the event that say which route it is. */
  readonly routeMembers: readonly string[]
}

export function createPlan<Event extends object>(
  api: ResourceServer,
  given: AuthorizerPolicies<Event>,
  { owner, cache, inDocuments, routeMembers }: PlanOptions,
): AuthorizerPlan<Event> {
  const { policy, routes, policyFor } = given as { policy?: AnyPolicy; routes?: unknown; policyFor?: unknown }
  const named = (['policy', 'routes', 'policyFor'] as const).filter((name) => Object.hasOwn(given, name))
  if (named.length !== 1) {
    throw new ConfigurationError(owner, 'takes one of policy, routes and policyFor')
  }
  const compile = compilerFor(api, cache)
  if (named[0] === 'policy') return { kind: 'policy', policy: compile(policy as AnyPolicy) }
  if (named[0] === 'routes') {
    const documents = inDocuments && documentsOf(cache)
    const table = createRouteTable(`${owner}.routes`, routes, { compile, inDocuments: documents })
    assertWholeDocumentFits(`${owner}.routes`, table, documents)
    return { kind: 'routes', table }
  }
  if (typeof policyFor !== 'function') {
    throw new ConfigurationError(`${owner}.policyFor`, 'must be a function that returns a policy')
  }
  if (cache.ttl > 0 && !cache.holdsRoute) {
    throw new ConfigurationError(
      `${owner}.policyFor`,
      "needs resultCache: 'off', or the route among its identitySources: a result that is kept serves every route; use routes otherwise",
    )
  }
  const shown = (event: Event) => shownEvent({ owner, event, routeMembers, isKept: cache.ttl > 0 })
  const ask = policyFor as (event: Event) => AnyPolicy | Promise<AnyPolicy>
  return { kind: 'policyFor', policyFor: async (event) => compile(await ask(shown(event))) }
}

/** A decision that API Gateway keeps is one for the end of that time. */
function compilerFor(api: ResourceServer, { ttl }: CheckedResultCache): (policy: AnyPolicy) => CompiledPolicy<unknown> {
  const held = definePolicy({ heldFor: ttl })
  const known = new WeakMap<CompiledPolicy<unknown>, CompiledPolicy<unknown>>()
  return (literal) => {
    const compiled = api.policy(literal)
    if (ttl === 0) return compiled
    const combined = known.get(compiled) ?? api.policy(combinePolicies(compiled, held))
    known.set(compiled, combined)
    return combined
  }
}

interface ShownEvent<Event> {
  readonly owner: string
  readonly event: Event
  readonly routeMembers: readonly string[]
  readonly isKept: boolean
}

/**
 * The event, and where the result is kept no more of it than is in the key of the result: to ask for more is a mistake that
 * shows at once. So is to ask which route it is where the event does not say: every route would be taken for another one.
 */
function shownEvent<Event extends object>({ owner, event, routeMembers, isKept }: ShownEvent<Event>): Event {
  const mistake = (problem: string) => new ConfigurationError(`${owner}.policyFor`, problem)
  const ofRoute = Object.entries(event).filter(([member]) => routeMembers.includes(member))
  return new Proxy(isKept ? (Object.fromEntries(ofRoute) as Event) : event, {
    get(shown, member) {
      if (typeof member === 'symbol' || Object.hasOwn(shown, member)) return Reflect.get(shown, member)
      if (routeMembers.includes(member)) {
        throw mistake(
          `reads ${member}, which events of this payload format do not have; deploy format 2.0, or use routes`,
        )
      }
      if (!isKept) return Reflect.get(shown, member)
      const readable = routeMembers.join(', ')
      throw mistake(`reads ${member}, on which a result that is kept must not depend; it may read ${readable}`)
    },
  })
}

/** Options that are the same for all authorizers. */
export function checkAuthorizer(owner: string, api: ResourceServer, options: unknown, more: readonly string[]): void {
  assertResourceServer(owner, api)
  assertOptionNames(owner, options, ['policy', 'routes', 'policyFor', 'resultCache', ...more])
}

/** Whether every client has to have shown a certificate. */
export function checkMutualTls(owner: string, value: boolean | undefined, cache: CheckedResultCache): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new ConfigurationError(`${owner}.mutualTls`, 'must be true or false')
  }
  if (value === true && cache.ttl > 0 && !cache.holdsDomain) {
    throw new ConfigurationError(
      `${owner}.mutualTls`,
      'needs the domain name among the identity sources: a result that is kept would serve clients that came without a certificate',
    )
  }
  return value ?? false
}
