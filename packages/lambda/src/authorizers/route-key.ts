import { ConfigurationError } from '@tokenward/core'

/** `METHOD /path/{parameter}`, as API Gateway writes it; `$default` in an HTTP API. */
export interface RouteKey {
  readonly method: string
  readonly segments: readonly string[]
}

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const
const KEY = /^([A-Z]+) (\/[^\s*?]*)$/
const SEGMENT = /^(?:[^{}]*|\{[\w.-]+\})$/
const LAST_SEGMENT = /^(?:[^{}]*|\{[\w.-]+\+?\})$/
/** What a resource leaves for method and path, under the longest stage name and the longest Region and partition. */
const MAX_PATTERN_LENGTH = 300

/** @throws {@link ConfigurationError} naming the key. */
export function parseRouteKey(option: string, key: string): RouteKey | '$default' {
  if (key === '$default') return key
  const [, method = '', path = ''] = KEY.exec(key) ?? []
  const segments = path.slice(1).split('/')
  const strange = segments.find((segment) => segment.startsWith(':'))
  if (strange !== undefined) {
    const problem = `has ${JSON.stringify(key)}, which API Gateway takes as it stands; a parameter is {${strange.slice(1)}}`
    throw new ConfigurationError(option, problem)
  }
  const isKnown = method === 'ANY' || METHODS.some((known) => known === method)
  if (!isKnown || !segments.every((segment, at) => (at < segments.length - 1 ? SEGMENT : LAST_SEGMENT).test(segment))) {
    throw new ConfigurationError(
      option,
      `has ${JSON.stringify(key)}, which is no route such as 'GET /orders/{id}', 'ANY /{proxy+}' or '$default'`,
    )
  }
  return { method, segments }
}

/**
 * In a document it would be every request of the stage, to methods that are not described, too.
 *
 * @throws {@link ConfigurationError} for the route that only HTTP APIs have.
 */
export function assertRestRoutes(option: string, routes: unknown): void {
  if (typeof routes !== 'object' || routes === null || !Object.hasOwn(routes, '$default')) return
  throw new ConfigurationError(
    option,
    "has '$default', which no REST API has; write 'ANY /{proxy+}' for the rest of its paths",
  )
}

/** The patterns of a route in a policy document. Each method has its own: a star for it would run on into the path. */
export function patternsOf(option: string, key: string): readonly string[] {
  const route = parseRouteKey(option, key)
  if (route === '$default') return ['*']
  const path = route.segments.map((segment) => (segment.startsWith('{') ? '*' : segment)).join('/')
  if (path.length > MAX_PATTERN_LENGTH || !/^[\x21-\x7e]*$/.test(path)) {
    throw new ConfigurationError(
      option,
      `has ${JSON.stringify(key)}, whose path fits no policy document: up to ${MAX_PATTERN_LENGTH} characters of ASCII do`,
    )
  }
  return (route.method === 'ANY' ? METHODS : [route.method]).map((method) => `${method}/${path}`)
}

/** Patterns that parameters reach although they are one segment each: what lies deeper is another route's. */
export function beyondParameters(key: string, patterns: readonly string[]): readonly string[] {
  if (key === '$default' || key.endsWith('+}')) return []
  return patterns.flatMap((pattern) =>
    [...pattern.matchAll(/\*/g)].map(({ index }) => `${pattern.slice(0, index)}*/*${pattern.slice(index + 1)}`),
  )
}
