import { ConfigurationError, type Denied, type Presented, type Principal } from '@tokenward/core'
import { fitting, leastProven, textContextOf } from './authorizer-context.js'
import type { AuthorizerPlan } from './authorizer-plan.js'
import { decided, decidedTogether, grantedAmong, revocationAmong } from './decided.js'
import { exactResource, type ExecuteApiArn } from './execute-api-arn.js'
import {
  allowing,
  denyingAll,
  documentFor,
  type PolicyDocument,
  type PolicyResult,
  wholeStage,
} from './policy-document.js'
import type { CheckedResultCache } from './result-cache.js'
import { patternsOf } from './route-key.js'
import type { RouteTable, TableRoute } from './route-table.js'

/** One request to an authorizer that answers with policy documents. */
export interface PolicyQuestion<Event> {
  readonly owner: string
  readonly event: Event
  readonly arn: ExecuteApiArn
  readonly presented: Presented
  readonly cache: CheckedResultCache
  /** Names of the route, the first that a table has counts; `undefined` where the event does not say which it is. */
  readonly routeKeys: readonly string[] | undefined
}

/** What may be called, and why the request at hand may not. */
export interface PolicyAnswer {
  readonly result: PolicyResult
  /** `undefined` where it may, or where the document alone tells. */
  readonly denied?: Denied
}

/**
 * A document that is kept says what the caller may do on every route it can be kept for; one that is not kept allows the
 * request at hand and nothing else, so that a cache nobody knows of closes routes and opens none.
 */
export async function answerByPolicy<Event>(
  plan: AuthorizerPlan<Event>,
  question: PolicyQuestion<Event>,
): Promise<PolicyAnswer> {
  const { owner, event, arn, presented, cache, routeKeys } = question
  if (plan.kind === 'routes') return answerByTable(plan.table, question)
  const policy = plan.kind === 'policy' ? plan.policy : await plan.policyFor(event)
  const outcome = await decided(presented, policy)
  if (outcome.outcome !== 'granted') return { result: denyingAll(arn), denied: outcome }
  const covered =
    cache.ttl === 0
      ? [exactResource(arn)]
      : plan.kind === 'policy'
        ? wholeStage(arn)
        : inStage(arn, patternsOf(`${owner}.event`, (routeKeys as readonly [string])[0]))
  return { result: resultOf(owner, outcome.principal, allowing(covered)) }
}

async function answerByTable<Event>(table: RouteTable, question: PolicyQuestion<Event>): Promise<PolicyAnswer> {
  const { owner, arn, presented, cache } = question
  const routes = routesAtHand(table, question)
  const ofOneRoute = cache.ttl === 0 || cache.holdsRoute
  if (ofOneRoute) {
    const principals: Principal<unknown>[] = []
    for (const { policy } of routes) {
      const outcome = await decided(presented, policy)
      if (outcome.outcome !== 'granted') return { result: denyingAll(arn), denied: outcome }
      principals.push(outcome.principal)
    }
    const principal = leastProven(principals)
    if (principal === undefined) return { result: denyingAll(arn) }
    const covered = cache.ttl === 0 ? [exactResource(arn)] : inStage(arn, routes[0]?.patterns ?? [])
    return { result: resultOf(owner, principal, allowing(covered)) }
  }
  const landed = await decidedTogether(presented, table.demands)
  const outcomes = [...landed.values()]
  const revoked = revocationAmong(outcomes)
  if (revoked !== undefined) return { result: denyingAll(arn), denied: revoked }
  const outcomeOf = ({ demand }: TableRoute) => landed.get(demand)
  const granted = table.routes.filter((route) => outcomeOf(route)?.outcome === 'granted')
  const principal = leastProven(grantedAmong(outcomes))
  const others = table.routes.filter((route) => !granted.includes(route))
  const result =
    principal === undefined ? denyingAll(arn) : resultOf(owner, principal, documentFor(arn, granted, others))
  const [denied] = routes.flatMap((route) => {
    const outcome = outcomeOf(route)
    return outcome?.outcome === 'refused' ? [outcome] : []
  })
  return { result, ...(denied !== undefined && { denied }) }
}

/**
 * The routes that the request may mean. An event that names its route means that one; a TOKEN event has a path alone, which
 * may fit several patterns: then all of them count, because API Gateway may have taken any.
 */
function routesAtHand<Event>(
  table: RouteTable,
  { owner, arn, routeKeys }: PolicyQuestion<Event>,
): readonly TableRoute[] {
  if (routeKeys === undefined) return table.meantBy(arn.request)
  const route = routeNamed(owner, table, routeKeys)
  return [route]
}

/** @throws {@link ConfigurationError} for a route that uses the authorizer and is not in its table. */
export function routeNamed(owner: string, table: RouteTable, routeKeys: readonly string[]): TableRoute {
  for (const key of routeKeys) {
    const route = table.find(key)
    if (route !== undefined) return route
  }
  throw new ConfigurationError(`${owner}.routes`, `has no '${routeKeys[0]}', which uses this authorizer`)
}

function inStage({ stage }: ExecuteApiArn, patterns: readonly string[]): readonly string[] {
  return patterns.map((pattern) => stage + pattern)
}

function resultOf(owner: string, principal: Principal<unknown>, policyDocument: PolicyDocument): PolicyResult {
  return fitting(owner, (omitted) => ({
    principalId: principal.subject,
    policyDocument,
    context: textContextOf(principal, omitted),
  }))
}
