/** What a test runner brings: vitest, Jest and `node:test` alike. */
export interface ConformanceRunner {
  /** Groups the cases of one adapter. */
  describe(title: string, body: () => void): unknown
  /** Runs one case. The third argument is a limit in milliseconds, where the runner takes one. */
  it(title: string, body: () => Promise<void>, timeout: number): unknown
  /** Runs when the cases have ended: vitest and Jest call it so. */
  afterAll?(body: () => Promise<void>): unknown
  /** The same, as `node:test` calls it. */
  after?(body: () => Promise<void>): unknown
}

/** A runner that is known to be whole. */
export interface CheckedRunner extends Pick<ConformanceRunner, 'describe' | 'it'> {
  afterAll(body: () => Promise<void>): unknown
}

/** The functions that were given, or else those the runner has made global. */
export function checkedRunner(given: ConformanceRunner = globalThis as unknown as ConformanceRunner): CheckedRunner {
  const { describe, it, afterAll = given.after } = given
  if (typeof describe !== 'function' || typeof it !== 'function' || typeof afterAll !== 'function') {
    throw new TypeError(
      'conformance: register needs describe, it and afterAll of the test runner: register({ describe, it, afterAll }) with vitest or Jest, register({ describe, it, after }) with node:test; without any it takes those the runner has made global',
    )
  }
  return { describe, it, afterAll }
}
