import { startChild } from '../measure/child-process.ts'
import { interleavedRounds, ratioOf } from '../measure/interleaved-rounds.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { createSigner, opaqueToken } from '../tokens.ts'

/** What every contender is given: the same endpoint, and tokens of its kind. */
export interface IntrospectionSetup {
  readonly endpoint: string
  readonly tokens: readonly string[]
  readonly jwks: object
}

/** Microseconds of CPU, and its ratio to what oauth4webapi takes for the same. */
interface ComparedCost {
  readonly cpu: Spread
  readonly ratio: number
}

export interface IntrospectionCost {
  /** Introspection alone; `nodeHttp` is the call by hand, without any check. */
  readonly opaque: Record<'oauth4webapi' | 'tokenward' | 'nodeHttp', ComparedCost>
  /** Local validation and introspection. */
  readonly jwt: Record<'oauth4webapi' | 'tokenward', ComparedCost>
  /** Tokenward's JWT route beside oauth4webapi's introspection without any validation. */
  readonly jwtToIntrospectionAlone: number
}

const TOKENS = 500
const ROUND = { operations: 1_500, flows: 32, rounds: 21, warmUp: 10 }

/** CPU of the client for one introspection, with the server in another process and connections that are kept. */
export async function introspectionCost(): Promise<IntrospectionCost> {
  const server = await startChild<{ port: number }>(new URL('endpoint-process.ts', import.meta.url))
  const endpoint = `http://127.0.0.1:${server.ready.port}/introspect`
  const signer = createSigner('RS256')
  const opaque = Array.from({ length: TOKENS }, opaqueToken)
  const jwts = Array.from({ length: TOKENS }, () => signer.token())
  const entrant = <Name extends string>(name: Name, module: string, tokens: readonly string[]) => ({
    name,
    module: new URL(`contenders/${module}.ts`, import.meta.url),
    setup: { endpoint, tokens, jwks: signer.jwks } satisfies IntrospectionSetup,
  })
  const times = await interleavedRounds(
    [
      entrant('oauth4webapi', 'oauth4webapi', opaque),
      entrant('tokenward', 'tokenward', opaque),
      entrant('nodeHttp', 'node-http', opaque),
      entrant('oauth4webapiJwt', 'oauth4webapi-jwt', jwts),
      entrant('tokenwardJwt', 'tokenward', jwts),
    ],
    ROUND,
  )
  await server.stop()
  const compared = (name: keyof typeof times, base: keyof typeof times) => ({
    cpu: spreadOf(times[name]),
    ratio: ratioOf(times[name], times[base]),
  })
  return {
    opaque: {
      oauth4webapi: compared('oauth4webapi', 'oauth4webapi'),
      tokenward: compared('tokenward', 'oauth4webapi'),
      nodeHttp: compared('nodeHttp', 'oauth4webapi'),
    },
    jwt: {
      oauth4webapi: compared('oauth4webapiJwt', 'oauth4webapiJwt'),
      tokenward: compared('tokenwardJwt', 'oauth4webapiJwt'),
    },
    jwtToIntrospectionAlone: ratioOf(times.tokenwardJwt, times.oauth4webapi),
  }
}
