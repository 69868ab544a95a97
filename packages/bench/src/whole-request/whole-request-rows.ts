import { serveKeySet } from '../key-sets/key-endpoint.ts'
import { makeRow, type Measured, type Row } from '../rows/row.ts'
import { createSigner } from '../tokens.ts'
import { type AddedTimes, serverRounds } from './server-rounds.ts'

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

type Peer = keyof typeof PEERS
type Auth = 'none' | 'tokenward' | Peer

const GUARDS = ['tokenward', ...(Object.keys(PEERS) as Peer[])] as const
/**
 * Processes differ in what was compiled when, so that each server is started several times. NestJS and Fastify grow faster
 * until some 16,000 requests have passed.
 */
const FULL = { processes: 2, rounds: 5, requests: 800, leadIn: 200, warmUp: { first: 6_000, again: 10_000 } }
const QUICK = { processes: 1, rounds: 7, requests: 50, leadIn: 15, warmUp: { first: 300, again: 700 } }
const HOT = 100
const NOTE =
  'CPU of the server process above the same application without a guard, measured just before; 32 connections that are kept busy'

/** What a guard adds to a request of a NestJS application on Fastify. */
export async function wholeRequestRows(quick: boolean): Promise<readonly Row[]> {
  const { processes, rounds, requests, leadIn, warmUp } = quick ? QUICK : FULL
  const each = leadIn + requests
  const signer = createSigner('RS256')
  const keys = await serveKeySet(() => signer.jwks)
  const tokens = await signer.tokens(warmUp.first + each * rounds)
  const hot = (length: number) => Array.from({ length }, (_, index) => tokens[index % HOT] as string)
  const portion = (all: readonly string[]) => ({ leadIn: all.slice(0, leadIn), measured: all.slice(leadIn) })

  const measured: ReadonlyMap<Auth, AddedTimes>[] = []
  for (let count = 0; count < processes; count += 1) {
    const added = await serverRounds<Auth>({
      names: GUARDS,
      base: 'none',
      setupOf: (auth): ServerSetup => ({ auth, origin: keys.url }),
      // Those that come again are remembered by then.
      warmUp: [...tokens.slice(0, warmUp.first), ...hot(warmUp.again)],
      rounds,
      portionOf: (round) => ({
        first: portion(tokens.slice(warmUp.first + each * round, warmUp.first + each * (round + 1))),
        again: portion(hot(each)),
      }),
    })
    measured.push(added)
  }
  await keys.close()
  const row = (name: string, kind: keyof AddedTimes, target: number) => {
    const added = (auth: Auth) => joined(measured.map((all) => (all.get(auth) as AddedTimes)[kind]))
    return makeRow({
      row: `whole request in NestJS on Fastify, CPU added: ${name}`,
      group: 'whole request',
      unit: 'µs',
      ours: added('tokenward'),
      peers: Object.fromEntries(Object.entries(PEERS).map(([auth, shown]) => [shown, added(auth as Peer)])),
      checksLess: Object.fromEntries(Object.values(PEERS).map((shown) => [shown, 'no scopes; see RS256'])),
      target,
      scaled: quick,
      note: NOTE,
    })
  }
  return [row('a token for the first time', 'first', 90), row('a repeated token', 'again', 12)]
}

/** One that is missing once is missing. */
function joined(all: readonly Measured[]): Measured {
  return all.find((measured) => 'missing' in measured) ?? (all as readonly (readonly number[])[]).flat()
}
