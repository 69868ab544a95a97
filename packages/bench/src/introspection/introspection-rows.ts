import { startChild } from '../measure/child-process.ts'
import { interleavedRounds, ratios } from '../measure/interleaved-rounds.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { createSigner, opaqueToken } from '../tokens.ts'

/** What every contender is given: the same endpoint, and tokens of its kind. */
export interface IntrospectionSetup {
  readonly endpoint: string
  readonly tokens: readonly string[]
  readonly jwks: object
}

const TOKENS = 500
const FULL = { operations: 1_500, flows: 32, rounds: 15, warmUp: { operations: 15_000, milliseconds: 5_000 } }
const QUICK = { operations: 300, flows: 32, rounds: 7, warmUp: { operations: 2_000, milliseconds: 600 } }

/** CPU of the client for one introspection, with the server in another process and connections that are kept. */
export async function introspectionRows(quick: boolean): Promise<readonly Row[]> {
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
    quick ? QUICK : FULL,
  )
  await server.stop()
  const one = ratios(times.oauth4webapi, times.oauth4webapi)
  const bare = 'node:http by hand, nothing checked'
  return [
    makeRow({
      row: "opaque token on a `'0s'` route: introspection",
      group: 'introspection',
      unit: '× oauth4webapi',
      ours: ratios(times.tokenward, times.oauth4webapi),
      peers: { oauth4webapi: one, [bare]: ratios(times.nodeHttp, times.oauth4webapi) },
      checksLess: { [bare]: 'no check of anything: what Node itself takes' },
      target: 0.333,
    }),
    makeRow({
      row: "JWT on a `'0s'` route: validation and introspection",
      group: 'introspection',
      unit: '× oauth4webapi',
      ours: ratios(times.tokenwardJwt, times.oauth4webapiJwt),
      peers: { oauth4webapi: one },
      target: 0.333,
    }),
    makeRow({
      row: "JWT on a `'0s'` route, beside introspection without validation",
      group: 'introspection',
      unit: '× oauth4webapi',
      ours: ratios(times.tokenwardJwt, times.oauth4webapi),
      peers: { oauth4webapi: one },
      checksLess: { oauth4webapi: 'introspection alone' },
    }),
  ]
}
