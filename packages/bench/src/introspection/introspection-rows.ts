import { startChild } from '../measure/child-process.ts'
import { interleavedRounds, ratios, type Times } from '../measure/interleaved-rounds.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { createSigner, opaqueToken } from '../tokens.ts'
import { bundleClient } from './client-bundle.ts'

/** What every contender is given: the same endpoint, and tokens of its kind. */
export interface IntrospectionSetup {
  readonly endpoint: string
  readonly tokens: readonly string[]
  readonly jwks: object
  /** Address of the folder with the introspection client of core, by itself. */
  readonly client: string
}

const TOKENS = 500
const FULL = { operations: 350, flows: 32, rounds: 31, warmUp: { operations: 30_000, milliseconds: 8_000 } }
const QUICK = { operations: 100, flows: 32, rounds: 7, warmUp: { operations: 1_000, milliseconds: 200 } }
/** Of the call by hand. */
const BARE = 'node:http by hand'
const BARE_CHECKS = 'no check of anything: what Node itself takes'

/** CPU of the client for one introspection, with the server in another process and connections that are kept. */
export async function introspectionRows(quick: boolean): Promise<readonly Row[]> {
  const server = await startChild<{ port: number }>(new URL('endpoint-process.ts', import.meta.url))
  const client = await bundleClient()
  const endpoint = `http://127.0.0.1:${server.ready.port}/introspect`
  const signer = createSigner('RS256')
  const opaque = Array.from({ length: TOKENS }, opaqueToken)
  const jwts = Array.from({ length: TOKENS }, () => signer.token())
  const entrant = <Name extends string>(name: Name, module: string, tokens: readonly string[]) => ({
    name,
    module: new URL(`contenders/${module}.ts`, import.meta.url),
    setup: { endpoint, tokens, jwks: signer.jwks, client: client.url } satisfies IntrospectionSetup,
  })
  const times = await interleavedRounds(
    [
      entrant('oauth4webapi', 'oauth4webapi', opaque),
      entrant('client', 'tokenward-client', opaque),
      entrant('tokenward', 'tokenward', opaque),
      entrant('nodeHttp', 'node-http', opaque),
      entrant('oauth4webapiJwt', 'oauth4webapi-jwt', jwts),
      entrant('tokenwardJwt', 'tokenward', jwts),
    ],
    quick ? QUICK : FULL,
  )
  await server.stop()
  await client.remove()

  const { oauth4webapi, oauth4webapiJwt, nodeHttp } = times
  const base = { group: 'introspection', scaled: quick }
  const row = (name: string, ours: Times, peer: Times, target: number | null, note?: string) =>
    makeRow({
      ...base,
      row: name,
      unit: '× oauth4webapi',
      ours: ratios(ours, peer),
      peers: { oauth4webapi: ratios(peer, peer), [BARE]: ratios(nodeHttp, peer) },
      checksLess: { [BARE]: BARE_CHECKS },
      target,
      note,
    })
  const whole = 'the call, what decides from its answer, and what is remembered of it; the peer makes the call alone'
  return [
    row('introspection call and its checks', times.client, oauth4webapi, 1 / 3, 'like for like: nothing is decided'),
    makeRow({
      ...base,
      row: 'introspection call and its checks, CPU',
      unit: 'µs',
      ours: times.client.cpu,
      peers: { oauth4webapi: oauth4webapi.cpu, [BARE]: nodeHttp.cpu },
      checksLess: { [BARE]: BARE_CHECKS },
    }),
    row("a whole decision on a `'0s'` route, opaque token", times.tokenward, oauth4webapi, null, whole),
    row(
      "a whole decision on a `'0s'` route, JWT",
      times.tokenwardJwt,
      oauth4webapiJwt,
      null,
      'the peer validates the JWT and makes the call',
    ),
  ]
}
