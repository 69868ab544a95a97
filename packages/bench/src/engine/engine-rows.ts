import { startChild } from '../measure/child-process.ts'
import { median } from '../measure/statistics.ts'
import { makeRow, type Row } from '../rows/row.ts'

/**
 * A server without means to ask, one with introspection and a full list, and that one once it remembers an inactive token.
 * Tokens are new to each, except where they are remembered.
 */
export type EngineRoute =
  | 'bareTokenLifetime'
  | 'bareThirtySeconds'
  | 'bareRemembered'
  | 'equippedTokenLifetime'
  | 'equippedThirtySeconds'
  | 'inactiveTokenLifetime'
  | 'inactiveThirtySeconds'
  | 'inactiveRemembered'

/** Microseconds of CPU for one request: what validates the token, and what decides. */
interface Phases {
  readonly validation: number
  readonly decision: number
}

export type EngineRound = Record<EngineRoute, Phases>

/** Processes differ in what was compiled when. A round is many turns of a few milliseconds. */
const FULL = { processes: 7, warmUp: 30, rounds: 1, turns: 45 }
const QUICK = { processes: 1, warmUp: 8, rounds: 7, turns: 5 }

/** What the engine adds to a token that is validated here. Each turn has its own differences. */
export async function engineRows(quick: boolean): Promise<readonly Row[]> {
  const { processes, warmUp, rounds, turns } = quick ? QUICK : FULL
  const measured: EngineRound[][] = []
  for (let count = 0; count < processes; count += 1) {
    const child = await startChild(new URL('engine-process.ts', import.meta.url))
    await child.ask({ rounds: warmUp })
    for (let round = 0; round < rounds; round += 1) {
      measured.push((await child.ask<{ answer: EngineRound[] }>({ rounds: turns })).answer)
    }
    await child.stop()
  }
  const figures = (figure: (turn: EngineRound) => number) => measured.map((all) => median(all.map(figure)))
  const added = (route: EngineRoute, base: EngineRoute) => figures((turn) => turn[route].decision - turn[base].decision)
  const row = (name: string, ours: readonly number[], target: number | null = null) =>
    makeRow({ row: name, group: 'decision', unit: 'µs', ours, target, scaled: quick })
  const engine = 'engine above a locally validated request'
  return [
    row(
      'parsing and verifying (RS256)',
      figures(({ bareTokenLifetime }) => bareTokenLifetime.validation),
    ),
    row(
      'a decision without introspection and list',
      figures(({ bareTokenLifetime }) => bareTokenLifetime.decision),
    ),
    row(
      `${engine}: introspection and a list of 10,000 entries, \`'token-lifetime'\``,
      added('equippedTokenLifetime', 'bareTokenLifetime'),
      3,
    ),
    row(`${engine}: the same on \`'30s'\`, young token`, added('equippedThirtySeconds', 'bareThirtySeconds'), 3),
    row(
      `${engine}: once an inactive answer is remembered, a remembered token`,
      added('inactiveRemembered', 'bareRemembered'),
      3,
    ),
    row(
      `${engine}: once an inactive answer is remembered, a new token`,
      added('inactiveTokenLifetime', 'bareTokenLifetime'),
      3,
    ),
    row(
      `${engine}: once an inactive answer is remembered, a new token on \`'30s'\``,
      added('inactiveThirtySeconds', 'bareThirtySeconds'),
      3,
    ),
  ]
}
