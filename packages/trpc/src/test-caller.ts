import { authorizationServer, createResourceServer, type Presented, type ResourceServer } from '@tokenward/core'
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server'
import { authContext, type CreateContextMustSpreadAuthContext } from './auth-context.js'

/** What else the procedures find in the context; an argument that is left out where that is nothing. */
export type OtherContext<Router extends AnyTRPCRouter> =
  Omit<inferRouterContext<Router>, keyof CreateContextMustSpreadAuthContext> extends infer Others
    ? object extends Others
      ? [others?: Others]
      : [others: Others]
    : never

/** Calls the procedures of a router as somebody, or with `null` as nobody. */
export type CreateTestCaller<Router extends AnyTRPCRouter> = (
  caller: ResourceServer | null,
  ...others: OtherContext<Router>
) => ReturnType<Router['createCaller']>

const NO_CREDENTIALS = { method: 'GET', url: '/', headers: {} } as const

/**
 * Calls procedures without HTTP, as the principal of `asPrincipal`: policies are checked as ever, so that a missing scope
 * is a `FORBIDDEN`, and `null` meets `UNAUTHORIZED` unless the procedure is optional.
 */
export function createCallerFactory<Router extends AnyTRPCRouter>(router: Router): CreateTestCaller<Router> {
  return (caller, ...[others]) => {
    const server = caller ?? nobody()
    const context = authContext(server, () => presented(server, caller === null), { isOfTest: true })
    return router.createCaller({ ...(others as object | undefined), ...context }) as ReturnType<Router['createCaller']>
  }
}

/** A server that is never asked about a token. */
function nobody(): ResourceServer {
  const issuer = authorizationServer({ issuer: 'https://issuer.test', audience: 'https://api.test' })
  return createResourceServer({ issuers: [issuer] })
}

async function presented(server: ResourceServer, isNobody: boolean): Promise<Presented> {
  const { credentials, authorize } = await server.present(NO_CREDENTIALS)
  // Whatever the policy, nobody is refused for want of a token; and the issuers it names are not those of this server.
  return isNobody ? { credentials, authorize: () => authorize() } : { credentials, authorize }
}
