import { type CompiledPolicy, ConfigurationError } from '@tokenward/core'
import { parseRouteKey, patternsOf } from './route-key.js'
import { contains, overlaps } from './resource-pattern.js'

/** One route of a table. */
export interface TableRoute {
  readonly key: string
  /** As it was given, with its own name for events. */
  readonly policy: CompiledPolicy<unknown>
  /** The same for all routes that demand the same. */
  readonly demand: CompiledPolicy<unknown>
  /** Method and path as policy documents write them. */
  readonly patterns: readonly string[]
}

/** Every route of an authorizer, with what it demands. */
export interface RouteTable {
  readonly routes: readonly TableRoute[]
  readonly demands: readonly CompiledPolicy<unknown>[]
  find(key: string): TableRoute | undefined
  /** All routes that a request may mean. */
  meantBy(request: string): readonly TableRoute[]
}

/**
 * Checks and compiles a table. With `inDocuments` its routes are written as patterns, of which each is either allowed or
 * denied as a whole.
 *
 * @throws {@link ConfigurationError} for keys that are no routes, and for tables that no policy document can say.
 */
export function createRouteTable(
  option: string,
  given: unknown,
  {
    compile,
    inDocuments,
  }: { readonly compile: (policy: never) => CompiledPolicy<unknown>; readonly inDocuments: boolean },
): RouteTable {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    throw new ConfigurationError(option, "must be an object with one or more routes, such as { 'GET /orders': policy }")
  }
  const keys = Object.keys(given)
  const demands = new Map<unknown, CompiledPolicy<unknown>>()
  const routes = Object.entries(given).map(([key, literal]): TableRoute => {
    parseRouteKey(option, key)
    const policy = compile(literal as never)
    const same = sameness(policy)
    const demand = demands.get(same) ?? policy
    demands.set(same, demand)
    return { key, policy, demand, patterns: inDocuments ? ownPatterns(option, key, keys) : [] }
  })
  if (inDocuments) assertExpressible(option, routes)
  const byKey = new Map(routes.map((route) => [route.key, route]))
  return {
    routes,
    demands: [...demands.values()],
    find: (key) => byKey.get(key),
    meantBy: (request) => routes.filter(({ patterns }) => patterns.some((pattern) => contains(pattern, request))),
  }
}

/** Without those of a method that has a route of its own beside `ANY`: API Gateway takes that one. */
function ownPatterns(option: string, key: string, keys: readonly string[]): readonly string[] {
  if (!key.startsWith('ANY ')) return patternsOf(option, key)
  const others = new Set(
    keys.filter((other) => !other.startsWith('ANY ')).flatMap((other) => patternsOf(option, other)),
  )
  return patternsOf(option, key).filter((pattern) => !others.has(pattern))
}

/** Policies that say the same are decided once. Functions and schemas are the same only where they are the same object. */
function sameness(policy: CompiledPolicy<unknown>): unknown {
  const isPlain = policy.claims === undefined && policy.decisions.length === 0
  return isPlain ? JSON.stringify({ ...policy, name: undefined }) : policy
}

/**
 * In a document a denied pattern wins over every allowed one. That is right where the denied route is the narrower one; it
 * must not be needed where it would close another route, too.
 */
function assertExpressible(option: string, routes: readonly TableRoute[]): void {
  const all = routes.flatMap((route) => route.patterns.map((pattern) => ({ ...route, pattern })))
  for (const denied of all) {
    const others = all.filter(({ demand, pattern }) => demand !== denied.demand && overlaps(pattern, denied.pattern))
    const wider = others.filter(({ pattern }) => !contains(denied.pattern, pattern))
    const alike = others.find(({ pattern }) => contains(denied.pattern, pattern) && contains(pattern, denied.pattern))
    const crossing = alike ?? wider.find(({ pattern }) => !contains(pattern, denied.pattern))
    const inside = wider.length === 0 ? undefined : others.find(({ pattern }) => contains(denied.pattern, pattern))
    const other = crossing ?? inside
    if (other === undefined) continue
    throw new ConfigurationError(
      option,
      `has '${denied.key}' and '${other.key}', which no policy document can tell apart for every caller; put the route among the identity sources`,
    )
  }
}
