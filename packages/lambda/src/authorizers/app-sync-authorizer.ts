import {
  combinePolicies,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type Duration,
  type Principal,
  type ResourceServer,
} from '@tokenward/core'
import { assertOptionNames } from '../option-check.js'
import { leastProven, textContextOf } from './authorizer-context.js'
import type { AppSyncAuthorizerEvent } from './authorizer-events.js'
import { type AnyPolicy, checkAuthorizer } from './authorizer-plan.js'
import { decided, decidedEach, decidedTogether, grantedAmong, revocationAmong } from './decided.js'
import { checkTtl } from './result-cache.js'

/** What an AppSync authorizer answers. */
export interface AppSyncAuthorizerResult {
  /** Whether the request may go on. */
  readonly isAuthorized: boolean
  /** What resolvers are told, as text alone. */
  readonly resolverContext?: Record<string, string>
  /** Fields that the caller may not have, as `Type.field`. */
  readonly deniedFields?: string[]
  /** Seconds for which AppSync may keep the result. */
  readonly ttlOverride: number
}

/** Options of {@link appSyncAuthorizer}. */
export interface AppSyncAuthorizerOptions {
  /** What every request demands. `{}`: a valid access token. */
  readonly policy: AnyPolicy
  /** What single fields demand on top, by `Type.field`, for example `'Mutation.deleteOrder'`. Default none. */
  readonly fields?: Readonly<Record<string, AnyPolicy>>
  /**
   * For how long AppSync may keep a result: not at all, or whole seconds from `'1s'` to `'1h'`. Results say it themselves
   * (`ttlOverride`), whatever the API is configured for. Required.
   */
  readonly resultCache: 'off' | { readonly ttl: Duration }
}

const OWNER = 'appSyncAuthorizer'
const REFUSED: AppSyncAuthorizerResult = Object.freeze({ isAuthorized: false, ttlOverride: 0 })
const FIELD = /^[_A-Za-z]\w*\.[_A-Za-z]\w*$/

/**
 * A Lambda authorizer for AppSync. A refusal is never kept; a token that could not be checked makes the function fail, which
 * AppSync keeps neither.
 *
 * @throws {@link ConfigurationError} for options that cannot work, or would be unsafe with the results that are kept.
 */
export function appSyncAuthorizer(
  api: ResourceServer,
  options: AppSyncAuthorizerOptions,
): (event: AppSyncAuthorizerEvent) => Promise<AppSyncAuthorizerResult> {
  checkAuthorizer(OWNER, api, options, ['fields'])
  const ttl = ttlOf(options.resultCache)
  const held = definePolicy({ heldFor: ttl })
  const compile = (policy: AnyPolicy) => api.policy(combinePolicies(api.policy(policy), held))
  if (!Object.hasOwn(options, 'policy') || Object.hasOwn(options, 'routes') || Object.hasOwn(options, 'policyFor')) {
    throw new ConfigurationError(OWNER, 'takes policy, and fields for what single fields demand on top')
  }
  const policy = compile(options.policy)
  const fields = fieldsOf(options.fields).map(([name, literal]) => ({ name, policy: compile(literal) }))

  return async ({ authorizationToken, requestContext }) => {
    const presented = await api.present(requestOf(authorizationToken))
    const first = await decided(presented, policy)
    if (first.outcome !== 'granted') return REFUSED
    const { queryString } = requestContext
    // A result that is not kept is for this document alone, which cannot ask for what it does not name.
    const asked = ttl > 0 ? fields : fields.filter(({ name }) => names(queryString, name))
    const demands = asked.map(({ policy: demanded }) => demanded)
    const landed =
      ttl > 0
        ? await decidedTogether(presented, [policy, ...demands])
        : (await decidedEach(presented, demands)).set(policy, first)
    const outcomes = [...landed.values()]
    const isGranted = (demanded: CompiledPolicy<unknown>) => landed.get(demanded)?.outcome === 'granted'
    if (!isGranted(policy) || revocationAmong(outcomes) !== undefined) return REFUSED
    const principal = leastProven(grantedAmong(outcomes)) as Principal<unknown>
    const deniedFields = fields.filter(({ policy: demanded }) => !isGranted(demanded)).map(({ name }) => name)
    // AppSync takes tokens of 2,048 characters and results of 5 MB: nothing has to be left out.
    return {
      isAuthorized: true,
      resolverContext: textContextOf(principal),
      deniedFields,
      ttlOverride: ttl / 1_000,
    }
  }
}

function ttlOf(resultCache: AppSyncAuthorizerOptions['resultCache'] | undefined): number {
  if (resultCache === 'off') return 0
  if (resultCache === undefined) {
    throw new ConfigurationError(`${OWNER}.resultCache`, "is required: 'off', or { ttl }")
  }
  assertOptionNames(`${OWNER}.resultCache`, resultCache, ['ttl'])
  return checkTtl(`${OWNER}.resultCache.ttl`, resultCache.ttl)
}

function fieldsOf(fields: AppSyncAuthorizerOptions['fields'] = {}): readonly (readonly [string, AnyPolicy])[] {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new ConfigurationError(`${OWNER}.fields`, "must be an object such as { 'Mutation.deleteOrder': policy }")
  }
  const strange = Object.keys(fields).find((name) => !FIELD.test(name))
  if (strange !== undefined) {
    throw new ConfigurationError(
      `${OWNER}.fields`,
      `has ${JSON.stringify(strange)}, which is no field such as 'Mutation.deleteOrder'`,
    )
  }
  return Object.entries(fields)
}

/** AppSync wants tokens for Lambda authorizers without a scheme; clients that send one are understood as well. */
function requestOf(authorizationToken: unknown) {
  const token = typeof authorizationToken === 'string' ? authorizationToken : ''
  const authorization = /\s/.test(token) || token === '' ? token : `Bearer ${token}`
  return { method: 'POST', url: '/graphql', headers: { authorization } }
}

/** A field that is asked for stands in the document by its own name, whatever its alias. */
function names(document: unknown, field: string): boolean {
  const name = field.slice(field.indexOf('.') + 1)
  return typeof document !== 'string' || new RegExp(`\\b${name}\\b`).test(document)
}
