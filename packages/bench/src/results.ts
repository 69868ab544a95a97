import type { EngineCost } from './engine/engine-cost.ts'
import type { IntrospectionCost } from './introspection/introspection-cost.ts'
import type { FloodFigures, MemoryCase, MemoryFigures } from './memory/memory-cost.ts'
import type { TestkitCost } from './testkit/testkit-cost.ts'
import type { Target } from './target.ts'
import { testkitTargets } from './testkit/testkit-targets.ts'
import type { Algorithm } from './tokens.ts'
import type { ValidationCost } from './validation/validation-cost.ts'

/** When and where figures come from. */
export interface MeasuredOn {
  readonly date: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
}

/** What `results.json` holds. CPU in microseconds, memory in bytes. */
export interface Results {
  readonly measuredOn: MeasuredOn
  readonly introspection: IntrospectionCost
  readonly engine: EngineCost
  readonly validation: Record<Algorithm, ValidationCost>
  readonly memory: Record<MemoryCase, MemoryFigures>
  readonly flood: FloodFigures
  /** Can be measured alone, so that it says for itself when and where. */
  readonly testkit: TestkitCost & { readonly measuredOn: MeasuredOn }
}

const MEGABYTE = 2 ** 20

/** What must not be exceeded. */
export function targetsOf({ introspection, engine, flood, testkit }: Results): readonly Target[] {
  const { equippedTokenLifetime, equippedThirtySeconds } = engine.added
  const heaps = Object.values(flood.heapAfter)
  return [
    {
      name: 'introspection of an opaque token, × oauth4webapi',
      limit: 1 / 3,
      measured: introspection.opaque.tokenward.ratio,
    },
    {
      name: 'validation and introspection of a JWT, × oauth4webapi',
      limit: 1 / 3,
      measured: introspection.jwt.tokenward.ratio,
    },
    { name: "added on a 'token-lifetime' route, µs", limit: 3, measured: equippedTokenLifetime.decision.median },
    { name: "added on a '30s' route, µs", limit: 3, measured: equippedThirtySeconds.decision.median },
    {
      name: 'what 10,000 made-up tokens leave behind, MB',
      limit: 8,
      measured: ((heaps[0] ?? NaN) - flood.heapBefore) / MEGABYTE,
    },
    {
      name: 'what 30,000 more add to that, MB',
      limit: 2,
      measured: ((heaps.at(-1) ?? NaN) - (heaps[0] ?? NaN)) / MEGABYTE,
    },
    ...Object.values(testkitTargets(testkit)),
  ]
}

/** NaN meets nothing. */
export function isMet({ measured, limit }: Target): boolean {
  return measured <= limit
}
