import type { Measured } from '../rows/row.ts'
import type { Round, RoundAnswer, WarmUp } from './contender.ts'
import { type Child, startChild } from './child-process.ts'

export interface Entrant<Name extends string> {
  readonly name: Name
  readonly module: URL
  readonly setup: object
}

interface Rounds extends Round {
  readonly rounds: number
  readonly warmUp: WarmUp
  /** What each is compared with, within its own process and slice by slice. Default nothing. */
  readonly base?: URL
}

/** Round by round: microseconds of CPU for one operation, and how many times the base that is. */
export interface Times {
  readonly cpu: Measured
  readonly ratio: Measured
}

const PROCESS = new URL('contender-process.ts', import.meta.url)

/**
 * Lets contenders take turns, each in a process of its own, in an order that rotates: whatever else the machine does
 * falls on all of them. One that fails is missing; the others go on.
 */
export async function interleavedRounds<Name extends string>(
  entrants: readonly Entrant<Name>[],
  { rounds, warmUp, base, ...round }: Rounds,
): Promise<Readonly<Record<Name, Times>>> {
  const children = new Map<Name, Child>()
  const answers = new Map<Name, RoundAnswer[]>(entrants.map(({ name }) => [name, []]))
  const missing = new Map<Name, string>()
  const failed = (name: Name, error: unknown) =>
    missing.set(name, error instanceof Error ? error.message : String(error))

  await Promise.all(
    entrants.map(async ({ name, module, setup }) => {
      try {
        const child = await startChild(PROCESS, {
          args: [module.href],
          execArgv: ['--expose-gc'],
          sharesCode: true,
        })
        children.set(name, child)
        await child.ask({ setup, base: base?.href, warmUp })
      } catch (error) {
        failed(name, error)
      }
    }),
  )
  const names = entrants.map(({ name }) => name)
  for (let count = 0; count < rounds; count += 1) {
    for (const position of names.keys()) {
      const name = names[(position + count) % names.length] as Name
      if (missing.has(name)) continue
      try {
        const { answer } = await (children.get(name) as Child).ask<{ answer: RoundAnswer }>({ round })
        answers.get(name)?.push(answer)
      } catch (error) {
        failed(name, error)
      }
    }
  }
  await Promise.all([...children].map(([name, child]) => (missing.has(name) ? undefined : child.stop())))
  const timesOf = (name: Name): Times => {
    const reason = missing.get(name)
    if (reason !== undefined) return { cpu: { missing: reason }, ratio: { missing: reason } }
    const all = answers.get(name) as RoundAnswer[]
    return { cpu: all.map(({ cpu }) => cpu), ratio: all.map((answer) => answer.cpu / (answer.base ?? NaN)) }
  }
  return Object.fromEntries(names.map((name) => [name, timesOf(name)])) as Record<Name, Times>
}

/** Ratios are taken round by round, so that both sides had the same luck. */
export function ratios({ cpu: times }: Times, { cpu: base }: Times): Measured {
  return combined(times, base, (time, other) => time / other)
}

/** What is above the base. */
export function differences({ cpu: times }: Times, { cpu: base }: Times): Measured {
  return combined(times, base, (time, other) => time - other)
}

function combined(times: Measured, base: Measured, combine: (time: number, base: number) => number): Measured {
  if ('missing' in times) return times
  if ('missing' in base) return base
  return times.map((time, round) => combine(time, base[round] as number))
}
