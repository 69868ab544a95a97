import { startChild } from '../measure/child-process.ts'
import { ratioOf } from '../measure/interleaved-rounds.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'

/** Milliseconds by the clock of a process that has just begun. */
export interface Readiness {
  readonly importing: number
  readonly first: number
  readonly later: readonly number[]
  readonly inARow: readonly number[]
}

/** Tokens per second by the clock, and microseconds of CPU for one, threads included. */
interface Minting {
  readonly perSecond: number
  readonly cpu: number
}

export type MintingRound = Readonly<Record<'testkit' | 'jose', Minting>>

/** Milliseconds by the clock, tokens per second, and microseconds of CPU. */
export interface TestkitCost {
  readonly importing: Spread
  /** The first pool of a process. */
  readonly first: Spread
  /** A pool for each test, when a test takes a quarter of a second. */
  readonly later: Spread
  /** Pools one right after the other, for each of which a key has to be made. */
  readonly inARow: Spread
  readonly perSecond: Spread
  readonly cpu: Spread
  /** CPU beside `SignJWT` of jose, with a key of the same size. */
  readonly ratioToJose: number
}

const PROCESSES = 9
const ROUNDS = 6
const TOKENS = 1_000

/** Every process has its own luck with primes, so that there are several. */
export async function testkitCost(): Promise<TestkitCost> {
  const ready: Readiness[] = []
  const rounds: MintingRound[] = []
  for (let count = 0; count < PROCESSES; count += 1) {
    const child = await startChild<Readiness>(new URL('testkit-process.ts', import.meta.url))
    ready.push(child.ready)
    await child.ask({ tokens: TOKENS })
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push((await child.ask<{ answer: MintingRound }>({ tokens: TOKENS })).answer)
    }
    await child.stop()
  }
  const cpuOf = (name: keyof MintingRound) => rounds.map((round) => round[name].cpu)
  return {
    importing: spreadOf(ready.map(({ importing }) => importing)),
    first: spreadOf(ready.map(({ first }) => first)),
    later: spreadOf(ready.flatMap(({ later }) => later)),
    inARow: spreadOf(ready.flatMap(({ inARow }) => inARow)),
    perSecond: spreadOf(rounds.map(({ testkit }) => testkit.perSecond)),
    cpu: spreadOf(cpuOf('testkit')),
    ratioToJose: ratioOf(cpuOf('testkit'), cpuOf('jose')),
  }
}
