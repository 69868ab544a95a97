import {
  combinePolicies,
  type CompiledPolicy,
  definePolicy,
  type Granted,
  type Presented,
  type Principal,
  type ResourceServer,
} from '@tokenward/core'
import { initTRPC, TRPCError, type TRPCProcedureBuilder, type TRPCUnsetMarker } from '@trpc/server'
import { isObservable, observableToAsyncIterable } from '@trpc/server/observable'
import { type CreateContextMustSpreadAuthContext, credentialsIn, internalError } from './auth-context.js'
import { denialError } from './denial.js'
import { watchedStream } from './watched-stream.js'

/** A procedure builder for `.concat()`. It needs the context of the plugin, and adds to it. */
export type AuthProcedure<Added extends object> = TRPCProcedureBuilder<
  CreateContextMustSpreadAuthContext,
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

/** Makes procedures whose calls are let in by one resource server. */
export interface Guard {
  /** Needs a token that meets the policy. */
  required<Added extends object>(
    policy: CompiledPolicy<unknown>,
    addition: (principal: Principal<unknown>) => Added,
  ): AuthProcedure<Added>
  /** Needs a token that is valid, or none at all. */
  optional(): AuthProcedure<{ principal: Principal | null }>
}

export function createGuard(api: ResourceServer): Guard {
  // A consumer's own settings take the place of these where builders are joined.
  const { procedure } = initTRPC.context<CreateContextMustSpreadAuthContext>().create({ allowOutsideOfServer: true })

  /** Where a policy has no name, events name the procedure. */
  function naming<Claims>(policy: CompiledPolicy<Claims>): (path: string) => CompiledPolicy<Claims> {
    if (policy.name !== undefined) return () => policy
    const named = new Map<string, CompiledPolicy<Claims>>()
    return (path) => {
      const known = named.get(path) ?? api.policy(combinePolicies(policy, definePolicy({ name: path })))
      named.set(path, known)
      return known
    }
  }

  async function decide<Claims>(presented: Presented, policy: CompiledPolicy<Claims>): Promise<Granted<Claims>> {
    const outcome = await presented.authorize(policy)
    if (outcome.outcome !== 'granted') throw denialError(outcome)
    return outcome
  }

  /** A stream, by SSE, WebSocket or `httpBatchStreamLink`, ends when its grant does. */
  function whileGranted<Result extends object>(result: Result, granted: Granted<unknown>, call: GuardedCall): Result {
    const { data } = result as { readonly data?: unknown }
    const stream = streamIn(data, call)
    if (stream === undefined) return result
    const { server } = credentialsIn(call.ctx, api)
    return { ...result, data: watchedStream(stream, (onEnd) => server.watch(granted, { onEnd }), call.signal) }
  }

  return {
    required<Added extends object>(
      policy: CompiledPolicy<unknown>,
      addition: (principal: Principal<unknown>) => Added,
    ) {
      const policyOf = naming(policy)
      const builder = procedure.use(async (call) => {
        const granted = await orInternalError(async () => {
          return decide(await credentialsIn(call.ctx, api).present(), policyOf(call.path))
        })
        return whileGranted(await call.next({ ctx: addition(granted.principal) }), granted, call)
      })
      // No compiler sees that nothing overwritten by `Added` is `Added`.
      return builder as unknown as AuthProcedure<Added>
    },
    optional() {
      const policyOf = naming(api.policy({}))
      return procedure.use(async (call) => {
        const granted = await orInternalError(async () => {
          const presented = await credentialsIn(call.ctx, api).present()
          return presented.credentials === 'none' ? null : decide(presented, policyOf(call.path))
        })
        const result = await call.next({ ctx: { principal: granted?.principal ?? null } })
        return granted === null ? result : whileGranted(result, granted, call)
      })
    },
  }
}

/** What a result streams; `undefined` where it is no stream. */
function streamIn(data: unknown, { type, signal }: GuardedCall): AsyncIterable<unknown> | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  if (Symbol.asyncIterator in data) return data as AsyncIterable<unknown>
  if (type !== 'subscription' || !isObservable(data)) return undefined
  return observableToAsyncIterable(data, signal ?? new AbortController().signal)
}

async function orInternalError<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw error instanceof TRPCError ? error : internalError(error)
  }
}
