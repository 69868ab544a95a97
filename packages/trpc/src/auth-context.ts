import { ConfigurationError, type Granted, type Presented, type ResourceServer } from '@tokenward/core'
import { TRPCError } from '@trpc/server'
import type { PolicyStack } from './policy-stack.js'

/**
 * What procedures with a policy need of the context. If a type error mentions this name, `createContext` does not return
 * it: write `createContext: (opts) => ({ ...auth.context(opts), ... })`, and give its type to `initTRPC.context()`.
 */
export interface CreateContextMustSpreadAuthContext {
  /** The credentials of the request. For the procedures of this package; there is nothing to read here. */
  readonly tokenward: RequestCredentials
}

/** The credentials of one request or connection: verified when the first policy asks, and never twice. */
export interface RequestCredentials {
  /** @internal */
  readonly server: ResourceServer
  /** @internal A test caller stands in for every server. */
  readonly isOfTest: boolean
  /** @internal */
  readonly present: () => Promise<Presented>
  /** @internal */
  readonly stack?: PolicyStack
  /** @internal What grants have to tell the client, beside what calls answer. */
  readonly noted: { headers: Granted['headers'] }
}

/** The context of one request or connection. */
export function authContext(
  server: ResourceServer,
  present: () => Promise<Presented>,
  { isOfTest = false } = {},
): CreateContextMustSpreadAuthContext {
  let presented: Promise<Presented> | undefined
  const credentials = { server, isOfTest, present: () => (presented ??= present()), noted: { headers: {} } }
  return { tokenward: Object.freeze(credentials) }
}

/** Finds the credentials, also where plain JavaScript or a cast has got past the compiler. */
export function credentialsIn(context: Partial<CreateContextMustSpreadAuthContext> | undefined, api: ResourceServer) {
  // As adapters hand it on where nobody has said how to make one.
  if (context === undefined) {
    throw new ConfigurationError(
      'createContext',
      'must be given to the adapter: createContext: (opts) => auth.context(opts)',
    )
  }
  const { tokenward } = context
  if (typeof tokenward?.present !== 'function') {
    throw new ConfigurationError('createContext', 'must return what auth.context(opts) returns, among the rest')
  }
  if (tokenward.server !== api && !tokenward.isOfTest) {
    throw new ConfigurationError('createContext', 'has the credentials of another resource server than the procedure')
  }
  return tokenward
}

/** What goes wrong on our side is for `onError`; the client is told no more than that. */
export function internalError(cause: unknown): TRPCError {
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error', cause })
}
