import {
  type AccessTokenClaims,
  type ClaimsOf,
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  type PolicyOrLiteral,
  type Principal,
  type ResourceServer,
} from '@tokenward/core'
import { authContext, type CreateContextMustSpreadAuthContext } from './auth-context.js'
import { type AuthProcedure, createGuard } from './guard.js'
import { isHttpRequest, requestOf, type RequestSource, type TokenInConnectionParams } from './request-source.js'

/** Options of `createAuthPlugin`. */
export interface AuthPluginOptions {
  /**
   * Where a token may stand in `connectionParams`, as `{ authorization: 'Bearer …' }`. `'websocket'` (default): in the
   * first message of a WebSocket, where browsers can send no header. `'websocket-and-sse'`: also in the URL of an SSE
   * subscription, from where it reaches logs and histories (RFC 6750 §5.3). `'nowhere'`: in the header alone.
   */
  readonly tokenInConnectionParams?: TokenInConnectionParams | undefined
}

/** What a policy adds to the context: the caller and, where it has a claims schema, what that has made of the claims. */
export type PolicyContext<Claims> = [AccessTokenClaims, Claims] extends [Claims, AccessTokenClaims]
  ? { principal: Principal }
  : { principal: Principal<Claims>; claims: Claims }

/** The same for callers who need no token. */
export type OrNull<Context extends object> = { [Name in keyof Context]: Context[Name] | null }

/** Procedures that carry their policy. */
export interface AuthPlugin {
  /**
   * What procedures need to know of a request: `createContext: (opts) => ({ ...auth.context(opts), db })`. For every
   * adapter of tRPC. Nothing is verified until a procedure asks, and then once for all calls of an HTTP request.
   */
  context(source: RequestSource): CreateContextMustSpreadAuthContext
  /** Needs a valid token. Adds `ctx.principal`. */
  readonly authenticated: AuthProcedure<CreateContextMustSpreadAuthContext, { principal: Principal }>
  /** Lets callers without a token in. Adds `ctx.principal`, `null` for them. A token that is not valid is refused. */
  readonly optional: AuthProcedure<CreateContextMustSpreadAuthContext, { principal: Principal | null }>
  /**
   * Lets callers without a token in, and others by a policy. Adds what `policy` adds, `null` for the former.
   *
   * @throws {@link ConfigurationError} as `policy` does.
   */
  optionalPolicy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy: PolicyOrLiteral<Schema, Claims>,
  ): AuthProcedure<CreateContextMustSpreadAuthContext, OrNull<PolicyContext<Claims>>>
  /**
   * Needs a token that meets a policy. Adds `ctx.principal`; with a claims schema also `ctx.claims`, which later policies
   * without one leave alone. Stacked policies must all hold.
   *
   * @throws {@link ConfigurationError} naming the member that is wrong, or can never be met here.
   */
  policy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy: PolicyOrLiteral<Schema, Claims>,
  ): AuthProcedure<CreateContextMustSpreadAuthContext, PolicyContext<Claims>>
}

const PLACES: readonly unknown[] = ['websocket', 'websocket-and-sse', 'nowhere'] satisfies TokenInConnectionParams[]

/**
 * Makes procedures that carry their policy, for one resource server.
 *
 * @throws {@link ConfigurationError} where `api` is no resource server, or for an option that is none.
 */
export function createAuthPlugin(api: ResourceServer, options: AuthPluginOptions = {}): AuthPlugin {
  checkServer(api)
  const { tokenInConnectionParams = 'websocket' } = checkOptions(options)
  const guard = createGuard(api)
  const anyToken = api.policy({})

  return Object.freeze({
    context(source) {
      const arrival = isHttpRequest(source) ? 'request' : 'each-policy'
      return authContext(api, () => api.present(requestOf(source, tokenInConnectionParams), { arrival }))
    },
    authenticated: guard.required(anyToken, (principal) => ({ principal: principal as Principal })),
    optional: guard.optional(anyToken, (principal) => ({ principal: principal as Principal | null })),
    optionalPolicy<Schema extends ClaimsSchema | undefined, Claims>(policy: PolicyOrLiteral<Schema, Claims>) {
      const compiled = api.policy(policy)
      return guard.optional(compiled, (principal) => additionOf(compiled, principal) as OrNull<PolicyContext<Claims>>)
    },
    policy<Schema extends ClaimsSchema | undefined, Claims>(policy: PolicyOrLiteral<Schema, Claims>) {
      const compiled = api.policy(policy)
      return guard.required(compiled, (principal) => additionOf(compiled, principal) as PolicyContext<Claims>)
    },
  } satisfies AuthPlugin)
}

/** A policy without a schema leaves the claims that an earlier one has checked where they are. */
function additionOf({ claims }: CompiledPolicy<unknown>, principal: Principal<unknown> | null): object {
  return claims === undefined ? { principal } : { principal, claims: principal?.claims ?? null }
}

function checkServer(api: ResourceServer): void {
  if (typeof (api as Partial<ResourceServer> | null)?.present !== 'function') {
    throw new ConfigurationError('createAuthPlugin.api', 'must be made by createResourceServer()')
  }
}

function checkOptions(options: AuthPluginOptions): AuthPluginOptions {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('createAuthPlugin', 'takes an object of options')
  }
  const unknown = Object.keys(options).find((name) => name !== 'tokenInConnectionParams')
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `createAuthPlugin.${unknown}`,
      'is not an option; the only one is tokenInConnectionParams, and those of the resource server belong to it',
    )
  }
  const { tokenInConnectionParams: place } = options
  if (place !== undefined && !PLACES.includes(place)) {
    throw new ConfigurationError('createAuthPlugin.tokenInConnectionParams', `must be one of ${PLACES.join(', ')}`)
  }
  return options
}
