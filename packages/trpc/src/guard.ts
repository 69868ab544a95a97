import type { CompiledPolicy, Granted, Principal, ResourceServer } from '@tokenward/core'
import { initTRPC, TRPCError, type TRPCProcedureBuilder, type TRPCUnsetMarker } from '@trpc/server'
import { isObservable, observableToAsyncIterable } from '@trpc/server/observable'
import { type CreateContextMustSpreadAuthContext, credentialsIn, internalError } from './auth-context.js'
import { denialError } from './denial.js'
import { PolicyStack } from './policy-stack.js'
import { watchedStream } from './watched-stream.js'

/**
 * A procedure builder for `.concat()`: it needs a context with the members of one type, and adds those of another. What it
 * needs comes first and is always said, so that type errors begin with its name.
 */
export type AuthProcedure<Needed extends object, Added extends object> = TRPCProcedureBuilder<
  Needed,
  object,
  Added,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  TRPCUnsetMarker,
  false
>

/** What is read of a call. */
interface GuardedCall {
  readonly ctx: CreateContextMustSpreadAuthContext
  readonly path: string
  readonly type: 'query' | 'mutation' | 'subscription'
  readonly signal: AbortSignal | undefined
}

/** A call that a policy has let in. */
interface Admitted {
  /** `undefined`: nobody, whom an optional policy lets in. */
  readonly granted: Granted<unknown> | undefined
  /** For what follows. */
  readonly context: CreateContextMustSpreadAuthContext
}

/** Makes procedures whose calls are let in by one resource server. */
export interface Guard {
  /** Needs a token that meets the policy. */
  required<Added extends object>(
    policy: CompiledPolicy<unknown>,
    addition: (principal: Principal<unknown>) => Added,
  ): AuthProcedure<CreateContextMustSpreadAuthContext, Added>
  /** Needs a token that meets the policy, or none at all. */
  optional<Added extends object>(
    policy: CompiledPolicy<unknown>,
    addition: (principal: Principal<unknown> | null) => Added,
  ): AuthProcedure<CreateContextMustSpreadAuthContext, Added>
}

export function createGuard(api: ResourceServer): Guard {
  // A consumer's own settings take the place of these where builders are joined.
  const { procedure } = initTRPC.context<CreateContextMustSpreadAuthContext>().create({ allowOutsideOfServer: true })
  const ground = new PolicyStack(api)

  async function admit(
    { ctx, path }: GuardedCall,
    policy: CompiledPolicy<unknown>,
    { letsNobodyIn = false } = {},
  ): Promise<Admitted> {
    try {
      const credentials = credentialsIn(ctx, api)
      const presented = await credentials.present()
      if (letsNobodyIn && presented.credentials === 'none') return { granted: undefined, context: ctx }
      const step = (credentials.stack ?? ground).step(policy, path)
      const outcome = await presented.authorize(step.policy)
      if (outcome.outcome !== 'granted') throw denialError(outcome)
      credentials.noted.headers = outcome.headers
      return { granted: outcome, context: { tokenward: { ...credentials, stack: step.above } } }
    } catch (error) {
      throw error instanceof TRPCError ? error : internalError(error)
    }
  }

  function guarded<Added extends object>(
    admission: (call: GuardedCall) => Promise<Admitted>,
    addition: (granted: Granted<unknown> | undefined) => Added,
  ) {
    const builder = procedure.use(async (call) => {
      const admitted = await admission(call)
      const ctx = { ...addition(admitted.granted), ...admitted.context }
      return whileGranted(await call.next({ ctx }), admitted, call)
    })
    // No compiler sees that nothing overwritten by `Added` is `Added`.
    return builder as unknown as AuthProcedure<CreateContextMustSpreadAuthContext, Added>
  }

  return {
    required: (policy, addition) =>
      guarded(
        (call) => admit(call, policy),
        (granted) => addition((granted as Granted<unknown>).principal),
      ),
    optional: (policy, addition) =>
      guarded(
        (call) => admit(call, policy, { letsNobodyIn: true }),
        (granted) => addition(granted?.principal ?? null),
      ),
  }
}

/** A stream, by SSE, WebSocket or `httpBatchStreamLink`, ends when its grant does. */
function whileGranted<Result extends object>(result: Result, { granted, context }: Admitted, call: GuardedCall) {
  const stream = streamIn((result as { readonly data?: unknown }).data, call)
  if (stream === undefined || granted === undefined) return result
  const { server } = context.tokenward
  return { ...result, data: watchedStream(stream, (onEnd) => server.watch(granted, { onEnd }), call.signal) }
}

/** What a result streams; `undefined` where it is no stream. */
function streamIn(data: unknown, { type, signal }: GuardedCall): AsyncIterable<unknown> | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  if (Symbol.asyncIterator in data) return data as AsyncIterable<unknown>
  if (type !== 'subscription' || !isObservable(data)) return undefined
  return observableToAsyncIterable(data, signal ?? new AbortController().signal)
}
