import { startChild } from '../measure/child-process.ts'
import { median } from '../measure/statistics.ts'
import { makeRow, type Row } from '../rows/row.ts'

/** Milliseconds by the clock of a process that has just begun. */
export interface Readiness {
  readonly importing: number
  readonly first: number
  readonly later: readonly number[]
  readonly inARow: readonly number[]
}

/** Milliseconds by the clock for a thousand tokens, and microseconds of CPU for one, threads included. */
interface Minting {
  readonly thousand: number
  readonly cpu: number
}

export type MintingRound = Readonly<Record<'testkit' | 'jose', Minting>>

const FULL = { processes: 7, rounds: 4, tokens: 1_000 }
const QUICK = { processes: 7, rounds: 1, tokens: 50 }

/** When a fake pool is there, and what its tokens cost. Every process has its own luck with primes, and is one round. */
export async function testkitRows(quick: boolean): Promise<readonly Row[]> {
  const { processes, rounds, tokens } = quick ? QUICK : FULL
  const ready: Readiness[] = []
  const minted: MintingRound[][] = []
  for (let count = 0; count < processes; count += 1) {
    const child = await startChild<Readiness>(new URL('testkit-process.ts', import.meta.url), {
      args: [quick ? 'quick' : 'full'],
    })
    ready.push(child.ready)
    await child.ask({ tokens })
    const turns: MintingRound[] = []
    for (let round = 0; round < rounds; round += 1) {
      turns.push((await child.ask<{ answer: MintingRound }>({ tokens })).answer)
    }
    minted.push(turns)
    await child.stop()
  }
  const ofProcesses = (figure: (round: MintingRound) => number) => minted.map((turns) => median(turns.map(figure)))
  const base = { group: 'testkit', scaled: quick }
  const byTheClock = { ...base, unit: 'ms' }
  return [
    makeRow({ ...byTheClock, row: 'importing the testkit', ours: ready.map(({ importing }) => importing) }),
    makeRow({
      ...byTheClock,
      row: 'the first fake pool of a process',
      ours: ready.map(({ first }) => first),
      target: 400,
    }),
    makeRow({
      ...byTheClock,
      row: 'a fake pool for each test, where a test takes 250 ms',
      ours: ready.map(({ later }) => median(later)),
      target: 60,
    }),
    makeRow({
      ...byTheClock,
      row: 'fake pools in a row, for each of which a key is made',
      ours: ready.map(({ inARow }) => median(inARow)),
      target: 60,
    }),
    makeRow({
      ...byTheClock,
      row: '1,000 tokens of a fake pool at once',
      ours: ofProcesses(({ testkit }) => testkit.thousand),
      // Two thousand in a second.
      target: 500,
    }),
    makeRow({
      ...base,
      unit: 'µs',
      row: 'CPU for a token that the testkit signs, all threads',
      ours: ofProcesses(({ testkit }) => testkit.cpu),
      peers: { 'jose, SignJWT': ofProcesses(({ jose }) => jose.cpu) },
      checksLess: { 'jose, SignJWT': 'remembers nothing of the token, which nobody can revoke or ask about' },
      // Two thousand in a second on two cores, which other work on the machine does not blur.
      target: 1_000,
    }),
  ]
}
