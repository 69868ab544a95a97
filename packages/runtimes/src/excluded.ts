export type Runtime = 'bun' | 'deno' | 'workerd'

/** A test file of core that does not run somewhere else than on Node. */
export interface Exclusion {
  /** Below `packages/core`. */
  readonly file: string
  readonly on: readonly Runtime[]
  readonly reason: string
}

const everywhere: readonly Runtime[] = ['bun', 'deno', 'workerd']

export const exclusions: readonly Exclusion[] = [
  {
    file: 'test/strategy/lag-promise.test.ts',
    on: everywhere,
    reason: 'plays thousands of histories on simulated time, with nothing of the platform in them, for minutes',
  },
  {
    file: 'test/conformance/broken-adapters.test.ts',
    on: everywhere,
    reason: 'tests the conformance suite, not core: it runs the suite forty times',
  },
]

export function excludedOn(runtime: Runtime): readonly string[] {
  return exclusions.filter(({ on }) => on.includes(runtime)).map(({ file }) => file)
}
