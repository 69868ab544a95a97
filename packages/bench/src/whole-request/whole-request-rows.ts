import { serveKeySet } from '../key-sets/key-endpoint.ts'
import { type Child, startChild } from '../measure/child-process.ts'
import { makeRow, type Measured, type Row } from '../rows/row.ts'
import { createSigner } from '../tokens.ts'
import { createLoad } from './load.ts'

export interface ServerSetup {
  readonly auth: Auth
  readonly origin: string
}

const PEERS = {
  jose: 'jose',
  'aws-jwt-verify': 'aws-jwt-verify',
  'fast-jwt-get-jwks': 'fast-jwt + get-jwks',
  'fast-jwt-cached': 'the same, with its cache',
  'jwks-rsa': 'jsonwebtoken + jwks-rsa',
  oauth4webapi: 'oauth4webapi',
} as const

type Auth = 'none' | 'tokenward' | keyof typeof PEERS

const AUTHS: readonly Auth[] = ['none', 'tokenward', ...(Object.keys(PEERS) as (keyof typeof PEERS)[])]
const FULL = { requests: 300, rounds: 21, warmUp: 4_000 }
const QUICK = { requests: 100, rounds: 9, warmUp: 600 }
const HOT = 100
const NOTE = 'CPU of the server process above the same application without a guard; 32 connections'

/** What a guard adds to a request of a NestJS application on Fastify. */
export async function wholeRequestRows(quick: boolean): Promise<readonly Row[]> {
  const { requests, rounds, warmUp } = quick ? QUICK : FULL
  const signer = createSigner('RS256')
  const keys = await serveKeySet(() => signer.jwks)
  const tokens = Array.from({ length: warmUp + requests * rounds }, () => signer.token())
  const hot = tokens.slice(-HOT)
  const firstTime = (round: number) => tokens.slice(warmUp + requests * round, warmUp + requests * (round + 1))
  const repeated = () => Array.from({ length: requests }, (_, index) => hot[index % HOT] as string)

  const servers = await startServers(keys.url, tokens.slice(0, warmUp))
  const first = await measure(servers, rounds, firstTime)
  // The memory holds what comes again.
  await measure(servers, 1, () => [...hot, ...hot])
  const again = await measure(servers, rounds, repeated)
  for (const server of servers.values()) {
    if (server instanceof Error) continue
    server.load.close()
    await server.child.stop()
  }
  await keys.close()
  const row = (name: string, added: Map<Auth, Measured>, target: number) =>
    makeRow({
      row: `whole request in NestJS on Fastify, CPU added: ${name}`,
      group: 'whole request',
      unit: 'µs',
      ours: added.get('tokenward') as Measured,
      peers: Object.fromEntries(
        Object.entries(PEERS).map(([auth, shown]) => [shown, added.get(auth as Auth) as Measured]),
      ),
      checksLess: Object.fromEntries(Object.values(PEERS).map((shown) => [shown, 'no scopes; see RS256'])),
      target,
      scaled: quick,
      note: NOTE,
    })
  return [row('a token for the first time', first, 90), row('a repeated token', again, 12)]
}

interface Server {
  readonly child: Child
  readonly load: ReturnType<typeof createLoad>
}

type Servers = Map<Auth, Server | Error>

async function startServers(origin: string, warmUp: readonly string[]): Promise<Servers> {
  const servers: Servers = new Map()
  for (const auth of AUTHS) {
    servers.set(auth, await startServer({ auth, origin }, warmUp).catch((error: Error) => error))
  }
  return servers
}

async function startServer(setup: ServerSetup, warmUp: readonly string[]): Promise<Server> {
  const child = await startChild<{ url: string }>(new URL('server-process.ts', import.meta.url), {
    args: [JSON.stringify(setup)],
  })
  const load = createLoad(child.ready.url)
  await load.send(warmUp)
  return { child, load }
}

/** Microseconds of CPU for one request, above the server that has no guard, round by round. */
async function measure(
  servers: Servers,
  rounds: number,
  tokensOf: (round: number) => readonly string[],
): Promise<Map<Auth, Measured>> {
  const added = new Map<Auth, number[]>(AUTHS.map((auth) => [auth, []]))
  for (let round = 0; round < rounds; round += 1) {
    const tokens = tokensOf(round)
    const used = new Map<Auth, number>()
    for (const position of AUTHS.keys()) {
      const auth = AUTHS[(position + round) % AUTHS.length] as Auth
      const server = servers.get(auth)
      if (server === undefined || server instanceof Error) continue
      const { child, load } = server
      const before = await cpuOf(child)
      await load.send(tokens)
      used.set(auth, ((await cpuOf(child)) - before) / tokens.length)
    }
    for (const auth of AUTHS) added.get(auth)?.push((used.get(auth) ?? NaN) - (used.get('none') ?? NaN))
  }
  return new Map(
    AUTHS.map((auth) => {
      const server = servers.get(auth)
      return [auth, server instanceof Error ? { missing: server.message } : (added.get(auth) as readonly number[])]
    }),
  )
}

async function cpuOf(child: Child): Promise<number> {
  const { answer } = await child.ask<{ answer: NodeJS.CpuUsage }>({})
  return answer.user + answer.system
}
