import { type Child, startChild } from '../measure/child-process.ts'
import type { Measured } from '../rows/row.ts'
import { createLoad, type Load } from './load.ts'

/** Tokens that a server gets at one go. */
interface Portion {
  /** What it gets first, unmeasured: after the turns of the others nothing of this one is in a cache of the processor. */
  readonly leadIn: readonly string[]
  readonly measured: readonly string[]
}

interface Rounds<Name extends string> {
  readonly names: readonly Name[]
  /** What the others are compared with, turn by turn. */
  readonly base: Name
  /** What the server of that name is started with. */
  readonly setupOf: (name: Name) => object
  /** Sent to each before the first round. */
  readonly warmUp: readonly string[]
  readonly rounds: number
  readonly portionOf: (round: number) => Record<Kind, Portion>
}

type Kind = 'first' | 'again'

/** Microseconds of CPU for one request above the base, round by round. */
export type AddedTimes = Readonly<Record<Kind, Measured>>

const PROCESS = new URL('server-process.ts', import.meta.url)
/** From the beginning what it grows to: how often young objects are collected depends on it. */
const HEAP = ['--min-semi-space-size=16', '--max-semi-space-size=16']

interface Server {
  readonly child: Child
  readonly load: Load
  readonly added: Record<Kind, number[]>
}

/**
 * Lets servers take turns, each in a process of its own, in an order that rotates. The base has its turn before each of
 * them: whatever else the machine does falls on both. One that does not start is missing.
 */
export async function serverRounds<Name extends string>({
  names,
  base,
  setupOf,
  warmUp,
  rounds,
  portionOf,
}: Rounds<Name>): Promise<ReadonlyMap<Name, AddedTimes>> {
  const baseServer = await startServer(setupOf(base))
  const started = await Promise.all(
    names.map(async (name) => [name, await startServer(setupOf(name)).catch((error: Error) => error)] as const),
  )
  const servers = started.flatMap(([, server]) => (server instanceof Error ? [] : server))
  for (const { load } of [baseServer, ...servers]) await load.send(warmUp)
  for (let round = 0; round < rounds; round += 1) {
    const portions = Object.entries(portionOf(round)) as [Kind, Portion][]
    for (const position of servers.keys()) {
      const server = servers[(position + round) % servers.length] as Server
      for (const [kind, portion] of portions) {
        const before = await measure(baseServer, portion)
        server.added[kind].push((await measure(server, portion)) - before)
      }
    }
  }
  for (const { child, load } of [baseServer, ...servers]) {
    load.close()
    await child.stop()
  }
  return new Map(started.map(([name, server]) => [name, addedOf(server)]))
}

function addedOf(server: Server | Error): AddedTimes {
  if (!(server instanceof Error)) return server.added
  const missing = { missing: server.message }
  return { first: missing, again: missing }
}

async function startServer(setup: object): Promise<Server> {
  const child = await startChild<{ url: string }>(PROCESS, { args: [JSON.stringify(setup)], execArgv: HEAP })
  return { child, load: await createLoad(child.ready.url), added: { first: [], again: [] } }
}

async function measure({ child, load }: Server, { leadIn, measured }: Portion): Promise<number> {
  await load.send(leadIn)
  const before = await cpuOf(child)
  await load.send(measured)
  return ((await cpuOf(child)) - before) / measured.length
}

async function cpuOf(child: Child): Promise<number> {
  const { answer } = await child.ask<{ answer: NodeJS.CpuUsage }>({})
  return answer.user + answer.system
}
