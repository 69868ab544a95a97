import {
  type ClaimsOf,
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  definePolicy,
  type Granted,
  type PolicyOrLiteral,
  type Principal,
} from '@tokenward/core'
import type { NextApiHandler } from 'next'
import { type ProtectedApiHandler, protectApiHandler } from './api-handlers.js'
import { type Proxy, proxyFor, type ProxyOptions } from './create-proxy.js'
import { createCredentials, CREDENTIAL_OPTIONS, type CredentialOptions } from './credentials.js'
import { checkOptionNames } from './option-names.js'
import { type ResourceServerSource, type ServerInUse, serverFrom } from './resource-server-source.js'
import {
  acceptCookieOption,
  type Anonymous,
  anonymousOr,
  checkHandler,
  type HandlerContext,
  type HandlerOptions,
  type ProtectedHandler,
  routeHandler,
  type RouteHandler,
} from './route-handlers.js'
import { createServerCode, type RequireAuthOptions } from './server-code.js'

/** Options of {@link createNextAuth}. */
export type NextAuthOptions = CredentialOptions

/** The functions of {@link createNextAuth}; none of them needs `this`. */
export interface AuthFunctions {
  /**
   * Protects a route handler of the App Router. The policy is checked here, once; the handler runs for requests that meet
   * it, and is told by whom they come. All others get the complete answer: 400, 401 or 403 with the challenge, 503 with
   * `Retry-After`, never to be cached.
   *
   * @throws {@link ConfigurationError} naming what is wrong with the policy or an option.
   */
  withAuth<
    Schema extends ClaimsSchema | undefined = undefined,
    Claims = ClaimsOf<Schema>,
    Context extends HandlerContext = HandlerContext,
  >(
    policy: PolicyOrLiteral<Schema, Claims>,
    handler: ProtectedHandler<Granted<Claims>, Context>,
    options?: HandlerOptions,
  ): RouteHandler<Context>
  /**
   * The same for a handler that answers strangers, too: a request without credentials comes with `principal: undefined`.
   * One with a token that does not meet the policy is refused all the same.
   *
   * @throws {@link ConfigurationError} as `withAuth` does.
   */
  withOptionalAuth<
    Schema extends ClaimsSchema | undefined = undefined,
    Claims = ClaimsOf<Schema>,
    Context extends HandlerContext = HandlerContext,
  >(
    policy: PolicyOrLiteral<Schema, Claims>,
    handler: ProtectedHandler<Granted<Claims> | Anonymous, Context>,
    options?: HandlerOptions,
  ): RouteHandler<Context>
  /**
   * Protects an API route of the Pages Router, all its methods alike. Functions of the policy see no `request.params`, as
   * Next.js mixes them with the query.
   *
   * @throws {@link ConfigurationError} as `withAuth` does.
   */
  withAuthApi<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy: PolicyOrLiteral<Schema, Claims>,
    handler: ProtectedApiHandler<Claims>,
    options?: HandlerOptions,
  ): NextApiHandler
  /**
   * Who calls, in server components, server functions and whatever they call: the first line of each that has something to
   * protect. The token is verified once for each request, and each policy is decided where it is asked. Without a policy
   * any valid token will do.
   *
   * @throws {@link TokenRefusedError} where the policy is not met and `onRefused` leads nowhere. Its `digest` is
   * `tokenward-` with the status.
   * @throws {@link TokenUncheckedError} where the token cannot be checked now.
   * @throws {@link ConfigurationError} inside `'use cache'`, for a policy that cannot be met in server code, and for
   * options that are wrong.
   */
  requireAuth<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy?: PolicyOrLiteral<Schema, Claims>,
    options?: RequireAuthOptions,
  ): Promise<Principal<Claims>>
  /**
   * Who has signed in, for what is shown; `undefined` for anybody without a valid token. It protects nothing.
   *
   * @throws {@link TokenUncheckedError} where the token cannot be checked now: an outage signs nobody out.
   * @throws {@link ConfigurationError} inside `'use cache'`.
   */
  currentPrincipal(): Promise<Principal | undefined>
  /**
   * A first fence in front of pages and handlers: it turns away what cannot enter anyway, by `api.precheck`, and drops
   * headers that look as if somebody trusted had said who is calling. It grants nothing: each handler, page and server
   * function checks for itself.
   *
   * @throws {@link ConfigurationError} naming the rule or the option that is wrong.
   */
  createProxy(options: ProxyOptions): Proxy
}

const OWNER = 'createNextAuth'
const anyToken = definePolicy({})

/**
 * Protects a Next.js application with a resource server: handlers, server code and the proxy.
 *
 * @throws {@link ConfigurationError} naming the option that is wrong.
 */
export function createNextAuth(api: ResourceServerSource, options: NextAuthOptions = {}): AuthFunctions {
  checkOptionNames(OWNER, options, CREDENTIAL_OPTIONS)
  const parts = { server: serverFrom(OWNER, api), credentials: createCredentials(OWNER, options as NextAuthOptions) }
  const { server, credentials } = parts
  const serverCode = createServerCode(parts)

  return Object.freeze({
    withAuth(policy, handler, handlerOptions = {}) {
      checkHandler('withAuth', handler)
      const acceptCookie = acceptCookieOption('withAuth', handlerOptions, credentials)
      const compiled = server.compile(policy)
      return routeHandler(parts, (presented) => presented.authorize(compiled), handler, acceptCookie)
    },
    withOptionalAuth(policy, handler, handlerOptions = {}) {
      checkHandler('withOptionalAuth', handler)
      const acceptCookie = acceptCookieOption('withOptionalAuth', handlerOptions, credentials)
      const compiled = server.compile(policy)
      return routeHandler(parts, (presented) => anonymousOr(presented, compiled), handler, acceptCookie)
    },
    withAuthApi(policy, handler, handlerOptions = {}) {
      checkHandler('withAuthApi', handler)
      const acceptCookie = acceptCookieOption('withAuthApi', handlerOptions, credentials)
      return protectApiHandler(parts, server.compile(policy), handler, acceptCookie)
    },
    async requireAuth(...given) {
      return serverCode.require(policyOf(server, given), given[1] ?? {})
    },
    currentPrincipal: () => serverCode.current(anyToken),
    createProxy: (proxyOptions) => proxyFor('createProxy', parts, proxyOptions),
  } satisfies AuthFunctions)
}

/** Leaving the policy out asks for any valid token; a variable that turned out to be undefined does not. */
function policyOf<Schema extends ClaimsSchema | undefined, Claims>(
  server: ServerInUse,
  given: readonly [policy?: PolicyOrLiteral<Schema, Claims> | undefined, ...unknown[]],
): CompiledPolicy<Claims> {
  const [policy] = given
  // Only a request that is seen whole proves who sent it, by its certificate or by a DPoP proof for method and URL.
  if ((policy as { readonly senderConstrained?: unknown } | undefined)?.senderConstrained === 'required') {
    throw new ConfigurationError(
      'policy.senderConstrained',
      "cannot be 'required' in server code, which is told neither method nor URL nor certificate; use withAuth in a route handler",
    )
  }
  if (policy !== undefined) return server.compile(policy)
  if (given.length > 0) {
    throw new ConfigurationError('requireAuth', 'was given a policy that is undefined; {} stands for any valid token')
  }
  return anyToken as CompiledPolicy<Claims>
}
