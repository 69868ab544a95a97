import { startChild } from '../measure/child-process.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'

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

type Addition = Exclude<EngineRoute, 'plainTokenLifetime' | 'plainThirtySeconds'>

/** Microseconds of CPU. */
export interface EngineCost {
  /** Parsing and verifying alone. */
  readonly validation: Spread
  /** The decision on the server that cannot ask. */
  readonly plainDecision: Spread
  /** What the decision takes more than on the server that cannot ask, and the same from whole requests. */
  readonly added: Record<Addition, { readonly decision: Spread; readonly whole: Spread }>
}

const PROCESSES = 3
const ROUNDS = 150
const WARM_UP = 40

/**
 * What the engine adds to a token that is validated here. Each round has its own differences; processes differ in what
 * was compiled when, so that there are several.
 */
export async function engineCost(): Promise<EngineCost> {
  const rounds: EngineRound[] = []
  for (let count = 0; count < PROCESSES; count += 1) {
    const child = await startChild(new URL('engine-process.ts', import.meta.url))
    await child.ask({ rounds: WARM_UP })
    const { answer } = await child.ask<{ answer: EngineRound[] }>({ rounds: ROUNDS })
    rounds.push(...answer)
    await child.stop()
  }
  const added = (route: Addition, base: EngineRoute) => ({
    decision: spreadOf(rounds.map((round) => round[route].decision - round[base].decision)),
    whole: spreadOf(rounds.map((round) => round[route].whole - round[base].whole)),
  })
  return {
    validation: spreadOf(rounds.map(({ plainTokenLifetime }) => plainTokenLifetime.validation)),
    plainDecision: spreadOf(rounds.map(({ plainTokenLifetime }) => plainTokenLifetime.decision)),
    added: {
      equippedTokenLifetime: added('equippedTokenLifetime', 'plainTokenLifetime'),
      equippedThirtySeconds: added('equippedThirtySeconds', 'plainThirtySeconds'),
      inactiveTokenLifetime: added('inactiveTokenLifetime', 'plainTokenLifetime'),
      inactiveThirtySeconds: added('inactiveThirtySeconds', 'plainThirtySeconds'),
    },
  }
}
