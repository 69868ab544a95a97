import { type CompiledPolicy, ConfigurationError } from '@tokenward/core'
import { assertPolicy, policyAt } from '../option-check.js'
import { beyondParameters, parseRouteKey, patternsOf } from './route-key.js'
import { contains, overlaps } from './resource-pattern.js'
import type { CheckedResultCache } from './result-cache.js'

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

/** Whether one policy document is for the route of one request, or for all routes at once. */
export type Documents = 'of one route' | 'of all routes'

/** A document that is kept serves every route, unless its key has the route. */
export function documentsOf({ ttl, holdsRoute }: CheckedResultCache): Documents {
  return ttl > 0 && !holdsRoute ? 'of all routes' : 'of one route'
}

/**
 * Checks and compiles a table. With `inDocuments` its routes are written as patterns, of which each is either allowed or
 * denied as a whole where one document is for all of them.
 *
 * @throws {@link ConfigurationError} for keys that are no routes, and for tables that no policy document can say.
 */
export function createRouteTable(
  option: string,
  given: unknown,
  {
    compile,
    inDocuments,
  }: { readonly compile: (policy: never) => CompiledPolicy<unknown>; readonly inDocuments: Documents | false },
): RouteTable {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    throw new ConfigurationError(option, "must be an object with one or more routes, such as { 'GET /orders': policy }")
  }
  const keys = Object.keys(given)
  const demands = new Map<unknown, CompiledPolicy<unknown>>()
  const routes = Object.entries(given).map(([key, literal]): TableRoute => {
    parseRouteKey(option, key)
    assertPolicy(`${option}['${key}']`, literal)
    const policy = policyAt(`${option}['${key}']`, () => compile(literal as never))
    const same = sameness(policy)
    const demand = demands.get(same) ?? policy
    demands.set(same, demand)
    return { key, policy, demand, patterns: inDocuments === false ? [] : ownPatterns(option, key, keys) }
  })
  if (inDocuments === 'of all routes') assertExpressible(option, routes)
  const byKey = new Map(routes.map((route) => [route.key, route]))
  return {
    routes,
    demands: [...demands.values()],
    find: (key) => byKey.get(key),
    meantBy(request) {
      // A slash at the end may be left aside when the route is chosen.
      const spellings = [request, request.replace(/\/$/, '')]
      const fits = (pattern: string) => spellings.some((spelling) => contains(pattern, spelling))
      return routes.filter(({ patterns }) => patterns.some(fits))
    },
  }
}

/** Without those of a method that has a route of its own beside `ANY`: API Gateway takes that one. */
function ownPatterns(option: string, key: string, keys: readonly string[]): readonly string[] {
  if (!key.startsWith('ANY ')) return patternsOf(option, key)
  const others = keys.filter((other) => !other.startsWith('ANY ') && isSamePath(other, key))
  const taken = new Set(others.flatMap((other) => patternsOf(option, other)))
  return patternsOf(option, key).filter((pattern) => !taken.has(pattern))
}

function isSamePath(key: string, other: string): boolean {
  return namelessPath(key) === namelessPath(other)
}

/** Whatever parameters are called; one that takes the rest of the path is another. */
function namelessPath(key: string): string {
  return key.slice(key.indexOf('/')).replaceAll(/\{[^+}]+(\+?)\}/g, '{$1}')
}

/** Policies that say the same are decided once. Functions and schemas are the same only where they are the same object. */
function sameness(policy: CompiledPolicy<unknown>): unknown {
  const isPlain = policy.claims === undefined && policy.decisions.length === 0
  return isPlain ? JSON.stringify({ ...policy, name: undefined }) : policy
}

/**
 * An HTTP API takes a route that fits as a whole before one whose last parameter takes the rest; elsewhere text comes before
 * parameters. Where a path fits both, as `/a/b` fits `/{x}/{y}` and `/a/{rest+}`, nobody knows whose it is.
 */
function isUnsure(whole: Written, rest: Written): boolean {
  if (!rest.key.endsWith('+}') || takesRest(whole.key)) return false
  const [own, others] = [segmentsOf(whole.key), segmentsOf(rest.key)]
  if (own.length < others.length) return false
  const fits = others.slice(0, -1).every((segment, at) => overlaps(own[at] as string, segment))
  return fits && contains(whole.pattern, rest.pattern)
}

/**
 * A granted parameter is ended by a denial of what lies deeper, unless something deeper is granted, too. What then lies
 * between the two would be open, and must not be for a route that takes the rest.
 */
function isOpenBetween(route: Written, rest: Written, all: readonly Written[]): boolean {
  if (!takesRest(rest.key) || !contains(rest.pattern, route.pattern)) return false
  const beyond = beyondParameters(route.key, [route.pattern])
  return all.some(
    ({ key, demand, pattern }) =>
      key !== route.key && demand !== rest.demand && beyond.some((one) => overlaps(pattern, one)),
  )
}

/**
 * A star for a parameter runs on to where the text after it comes again, and nothing ends it where the route takes the rest:
 * `/{tenant}/files/{path+}` has that text in its own paths. What lies between would be open, too.
 */
function isOpenInside(route: Written, rest: Written): boolean {
  if (!takesRest(rest.key) || !takesRest(route.key) || !contains(rest.pattern, route.pattern)) return false
  const segments = route.pattern.split('/')
  return segments.slice(segments.indexOf('*')).some((segment) => segment !== '*')
}

function takesRest(key: string): boolean {
  return key === '$default' || key.endsWith('+}')
}

function segmentsOf(key: string): readonly string[] {
  const path = key.slice(key.indexOf('/') + 1)
  return path.split('/').map((segment) => (segment.startsWith('{') ? '*' : segment))
}

/** A route in one of its patterns. */
type Written = TableRoute & { readonly pattern: string }

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
    const unsure = others.find((other) => isUnsure(denied, other))
    const crossing = alike ?? unsure ?? wider.find(({ pattern }) => !contains(pattern, denied.pattern))
    const inside = wider.length === 0 ? undefined : others.find(({ pattern }) => contains(denied.pattern, pattern))
    const between = others.find((other) => isOpenBetween(denied, other, all) || isOpenInside(denied, other))
    const other = crossing ?? inside ?? between
    if (other === undefined) continue
    throw new ConfigurationError(
      option,
      `has '${denied.key}' and '${other.key}', which no policy document can tell apart for every caller; put the route among the identity sources`,
    )
  }
}
