import { startChild } from '../measure/child-process.ts'

export type MemoryCase =
  | 'jwtUnchanged'
  | 'jwtNarrowed'
  | 'jwtInactive'
  | 'opaque'
  | 'opaqueInactive'
  | 'listedToken'
  | 'listedLogin'
  | 'listedUser'

/** Bytes for one entry, by the number of entries. */
export type MemoryFigures = Record<number, number>

/** Bytes before, and after so many made-up tokens; and how many of them are still remembered. */
export interface FloodFigures {
  readonly heapBefore: number
  readonly heapAfter: Record<number, number>
  readonly remembered: number
}

const CASES: readonly MemoryCase[] = [
  'jwtUnchanged',
  'jwtNarrowed',
  'jwtInactive',
  'opaque',
  'opaqueInactive',
  'listedToken',
  'listedLogin',
  'listedUser',
]
const COUNTS = ['10000', '100000']
const FLOOD = [10_000, 20_000, 40_000]

/** What one entry of each memory takes, each kind in a process of its own. */
export async function memoryCost(): Promise<Record<MemoryCase, MemoryFigures>> {
  const figures: Partial<Record<MemoryCase, MemoryFigures>> = {}
  const left = [...CASES]
  // Memory is the same however busy the machine is, so that two may run side by side.
  await Promise.all(
    [1, 2].map(async () => {
      for (let kind = left.shift(); kind !== undefined; kind = left.shift()) {
        const child = await startChild(new URL('memory-process.ts', import.meta.url), {
          args: [kind, ...COUNTS],
          execArgv: ['--expose-gc'],
        })
        figures[kind] = (await child.ask<{ answer: MemoryFigures }>({})).answer
        await child.stop()
      }
    }),
  )
  return Object.fromEntries(CASES.map((kind) => [kind, figures[kind]])) as Record<MemoryCase, MemoryFigures>
}

/** What made-up opaque tokens leave behind. */
export async function floodCost(): Promise<FloodFigures> {
  const child = await startChild(new URL('flood-process.ts', import.meta.url), { execArgv: ['--expose-gc'] })
  const { answer } = await child.ask<{ answer: FloodFigures }>({ tokens: FLOOD })
  await child.stop()
  return answer
}
