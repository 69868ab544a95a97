import { startChild } from '../measure/child-process.ts'
import { median } from '../measure/statistics.ts'
import { makeRow, type Row } from '../rows/row.ts'

/** A server without means to ask, one with introspection and a full list, and that one once it remembers an inactive token. */
export type EngineRoute =
  | 'plainTokenLifetime'
  | 'plainThirtySeconds'
  | 'equippedTokenLifetime'
  | 'equippedThirtySeconds'
  | 'inactiveTokenLifetime'
  | 'inactiveThirtySeconds'

/** Microseconds of CPU for one request: what validates the token, what decides, and both in one `authorize`. */
interface Phases {
  readonly validation: number
  readonly decision: number
  readonly whole: number
}

export type EngineRound = Record<EngineRoute, Phases>

/** Processes differ in what was compiled when: each is one round, of many turns of a few milliseconds. */
const PROCESSES = 7
const FULL = { warmUp: 40, turns: 60 }
const QUICK = { warmUp: 5, turns: 9 }

/** What the engine adds to a token that is validated here. Each turn has its own differences. */
export async function engineRows(quick: boolean): Promise<readonly Row[]> {
  const { warmUp, turns } = quick ? QUICK : FULL
  const processes: EngineRound[][] = []
  for (let count = 0; count < PROCESSES; count += 1) {
    const child = await startChild(new URL('engine-process.ts', import.meta.url))
    await child.ask({ rounds: warmUp })
    processes.push((await child.ask<{ answer: EngineRound[] }>({ rounds: turns })).answer)
    await child.stop()
  }
  const figures = (figure: (turn: EngineRound) => number) => processes.map((all) => median(all.map(figure)))
  const added = (route: EngineRoute, base: EngineRoute) => figures((turn) => turn[route].decision - turn[base].decision)
  const row = (name: string, ours: readonly number[], target: number | null = null) =>
    makeRow({ row: name, group: 'decision', unit: 'µs', ours, target })
  return [
    row(
      'parsing and verifying (RS256)',
      figures(({ plainTokenLifetime }) => plainTokenLifetime.validation),
    ),
    row(
      'decision, without introspection and list',
      figures(({ plainTokenLifetime }) => plainTokenLifetime.decision),
    ),
    row(
      "added by introspection and a list of 10,000 entries, `'token-lifetime'`",
      added('equippedTokenLifetime', 'plainTokenLifetime'),
      3,
    ),
    row("the same on `'30s'`, young token", added('equippedThirtySeconds', 'plainThirtySeconds'), 3),
    row(
      "added once an inactive answer is remembered, `'token-lifetime'`",
      added('inactiveTokenLifetime', 'plainTokenLifetime'),
    ),
    row(
      "added once an inactive answer is remembered, `'30s'`, young token",
      added('inactiveThirtySeconds', 'plainThirtySeconds'),
    ),
  ]
}
