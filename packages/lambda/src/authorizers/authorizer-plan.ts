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
import { assertDocumentsFit } from './document-size.js'
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
       * One that is not listed is not let in.
       */
      readonly routes: Readonly<Record<string, AnyPolicy>>
      readonly policy?: never
      readonly policyFor?: never
    }
  | {
      /**
       * Says what a request demands. Where results are kept the route has to be among the identity sources, and the function
       * is shown `routeKey` (HTTP APIs), or `httpMethod` and `resource` (REST APIs), alone: a result that depended on
       * anything else would serve requests it was not made for.
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
    assertDocumentsFit(`${owner}.routes`, table, documents)
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
  const visible = cache.ttl === 0 ? (event: Event) => event : (event: Event) => routeOf(owner, event, routeMembers)
  const ask = policyFor as (event: Event) => AnyPolicy | Promise<AnyPolicy>
  return { kind: 'policyFor', policyFor: async (event) => compile(await ask(visible(event))) }
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

/** The event as far as the key of the result goes; to ask for more is a mistake that shows at once. */
function routeOf<Event extends object>(owner: string, event: Event, members: readonly string[]): Event {
  return new Proxy(event, {
    get(target, member) {
      if (typeof member === 'string' && members.includes(member)) return Reflect.get(target, member)
      throw new ConfigurationError(
        `${owner}.policyFor`,
        `reads ${String(member)}, on which a result that is kept must not depend; it may read ${members.join(', ')}`,
      )
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
