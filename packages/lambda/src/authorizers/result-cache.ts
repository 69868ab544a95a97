import { ConfigurationError, type Duration, parseDuration } from '@tokenward/core'
import { assertOptionNames } from '../option-check.js'

/**
 * What API Gateway does with the results of an authorizer; deploy exactly this. A result that is kept is an answer to
 * requests the authorizer never sees, so it is decided for the end of `ttl`: `maxRevocationLag` has to be above it, and a
 * token that ends within it is refused.
 */
export type ResultCache = 'off' | ResultCacheOptions

/** Options of a {@link ResultCache} that is not off. */
export interface ResultCacheOptions {
  /** How long a result is kept (`AuthorizerResultTtlInSeconds`): whole seconds from `'1s'` to `'1h'`. */
  readonly ttl: Duration
  /**
   * What tells results apart, in the words of the API: `'$request.header.Authorization'` and `'$context.routeKey'` for
   * HTTP APIs, `'method.request.header.Authorization'`, `'context.httpMethod'` and `'context.resourcePath'` for REST APIs.
   * The header with the token has to be among them. With the route among them each route has results of its own; without
   * it, one result serves every route of the authorizer.
   */
  readonly identitySources: readonly string[]
}

/** Which words an API has for identity sources, and what it can do with them. */
export interface IdentitySourceDialect {
  readonly form: RegExp
  readonly example: string
  readonly token: string
  /** Together they tell routes apart. */
  readonly routes: readonly (readonly string[])[]
  readonly domain: string
  /** Whether there is one source and no other, as a TOKEN authorizer has. */
  readonly single?: boolean
}

export const httpApiDialect: IdentitySourceDialect = {
  form: /^\$(?:request\.(?:header|querystring)|context|stageVariables)\.\S+$/,
  example: '$request.header.Authorization',
  token: '$request.header.authorization',
  routes: [['$context.routekey']],
  domain: '$context.domainname',
}

export const restApiDialect: IdentitySourceDialect = {
  form: /^(?:method\.request\.(?:multivalue)?(?:header|querystring)|context|stageVariables)\.\S+$/,
  example: 'method.request.header.Authorization',
  token: 'method.request.header.authorization',
  routes: [
    ['context.httpmethod', 'context.resourcepath'],
    ['context.httpmethod', 'context.path'],
    ['context.httpmethod', 'context.resourceid'],
  ],
  domain: 'context.domainname',
}

export const restTokenDialect: IdentitySourceDialect = { ...restApiDialect, routes: [], single: true }

/** A result cache that was checked. */
export interface CheckedResultCache {
  /** Milliseconds; 0: off. */
  readonly ttl: number
  readonly holdsRoute: boolean
  readonly holdsDomain: boolean
}

export const OFF: CheckedResultCache = { ttl: 0, holdsRoute: false, holdsDomain: false }
const MAX_TTL = 3_600_000

export function checkResultCache(owner: string, value: unknown, dialect: IdentitySourceDialect): CheckedResultCache {
  const option = `${owner}.resultCache`
  if (value === 'off') return OFF
  if (value === undefined) {
    throw new ConfigurationError(
      option,
      "is required: 'off', or { ttl, identitySources } as deployed; where nothing is said, REST APIs and CDK keep results for five minutes",
    )
  }
  assertOptionNames(option, value, ['ttl', 'identitySources'])
  const { ttl, identitySources } = value as Partial<ResultCacheOptions>
  const sources = checkIdentitySources(`${option}.identitySources`, identitySources, dialect)
  return {
    ttl: checkTtl(`${option}.ttl`, ttl),
    holdsRoute: dialect.routes.some((all) => all.every((source) => sources.has(source))),
    holdsDomain: sources.has(dialect.domain),
  }
}

export function checkTtl(option: string, value: Duration | undefined): number {
  const ttl = value === undefined ? undefined : parseDuration(value)
  if (ttl === undefined || ttl < 1_000 || ttl > MAX_TTL || ttl % 1_000 !== 0) {
    throw new ConfigurationError(option, "must be whole seconds from 1s to 1h; resultCache: 'off' keeps nothing")
  }
  return ttl
}

/** In lower case: header names have no case, and a wrong case elsewhere is no reason to take a route for missing. */
function checkIdentitySources(
  option: string,
  value: readonly string[] | undefined,
  { form, example, token, single = false }: IdentitySourceDialect,
): ReadonlySet<string> {
  if (!Array.isArray(value) || value.length === 0 || ![...value].every((source) => typeof source === 'string')) {
    throw new ConfigurationError(option, `must be a list of identity sources, such as ['${example}']`)
  }
  const sources = value as readonly string[]
  const strange = sources.find((source) => !form.test(source))
  if (strange !== undefined) {
    throw new ConfigurationError(
      option,
      `has ${JSON.stringify(strange)}, which is none of this API, such as '${example}'`,
    )
  }
  const names = new Set(sources.map((source) => source.toLowerCase()))
  if (!names.has(token)) {
    throw new ConfigurationError(option, `must have '${example}': results of one token would serve another`)
  }
  if (single && names.size > 1) {
    throw new ConfigurationError(option, `has one source alone here, '${example}'`)
  }
  return names
}
