import type { Round } from './contender.ts'
import { type Child, startChild } from './child-process.ts'
import { median } from './statistics.ts'

export interface Entrant<Name extends string> {
  readonly name: Name
  readonly module: URL
  readonly setup: object
}

/** Microseconds of CPU for one operation, round by round. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>

const PROCESS = new URL('contender-process.ts', import.meta.url)

/**
 * Lets contenders take turns, each in a process of its own, in an order that rotates: whatever else the machine does
 * falls on all of them.
 */
export async function interleavedRounds<Name extends string>(
  entrants: readonly Entrant<Name>[],
  { rounds, warmUp, ...round }: Round & { readonly rounds: number; readonly warmUp: number },
): Promise<Times<Name>> {
  const children = new Map<Name, Child>()
  for (const { name, module, setup } of entrants) {
    const child = await startChild(PROCESS, { args: [module.href], execArgv: ['--expose-gc'] })
    children.set(name, child)
    await child.ask({ setup })
  }
  const names = [...children.keys()]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let count = -warmUp; count < rounds; count += 1) {
    for (const position of names.keys()) {
      const name = names[(position + Math.max(0, count)) % names.length] as Name
      const { answer } = await (children.get(name) as Child).ask<{ answer: number }>({ round })
      if (count >= 0) times.get(name)?.push(answer)
    }
  }
  await Promise.all([...children.values()].map((child) => child.stop()))
  return Object.fromEntries(times) as unknown as Times<Name>
}

/** Ratios are taken round by round, so that both sides had the same luck; their median counts. */
export function ratioOf(times: readonly number[], base: readonly number[]): number {
  return median(times.map((time, round) => time / (base[round] as number)))
}
