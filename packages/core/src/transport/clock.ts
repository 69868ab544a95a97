/** Where time comes from. Give one to move time in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds that never step back, from any origin. Defaults to `now()`. */
  monotonic?(): number
}

/** Read at every call, so that fake timers installed later are seen. */
export const systemClock: Required<Clock> = {
  now: () => Date.now(),
  monotonic: () => nodeTime(globalThis as PerhapsNode) ?? performance.now(),
}

interface PerhapsNode {
  readonly process?: {
    readonly versions?: { readonly node?: string }
    hrtime?(): readonly [seconds: number, nanoseconds: number]
  }
}

/**
 * What takes Node a millisecond of its start is behind `performance`, loaded when it is first asked for. Edge runtimes may
 * have a `process` whose functions throw.
 */
function nodeTime({ process }: PerhapsNode): number | undefined {
  const time = process?.versions?.node === undefined ? undefined : process.hrtime?.()
  return time && time[0] * 1_000 + time[1] / 1_000_000
}

/**
 * A clock whose monotonic time never steps back. Where none is given, it is what the wall clock was seen to move forward:
 * otherwise one that is set back would make old knowledge look fresh.
 */
export function steadyClock(clock: Clock): Required<Clock> {
  const now = () => clock.now()
  if (clock.monotonic !== undefined) return { now, monotonic: () => monotonicNow(clock) }
  let last = now()
  let elapsed = 0
  return {
    now,
    monotonic() {
      const moved = now() - last
      if (moved > 0) elapsed += moved
      // What is no number moves nothing.
      if (Number.isFinite(moved)) last += moved
      return elapsed
    },
  }
}

/** One instant on both clocks. */
export interface Instant {
  readonly wall: number
  readonly monotonic: number
}

export function readInstant(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: monotonicNow(clock) }
}

export function monotonicNow(clock: Clock): number {
  return clock.monotonic === undefined ? clock.now() : clock.monotonic()
}

/**
 * Age of something we observed. The larger of both clocks counts: a wall clock may step back and a monotonic clock
 * stops while a process is frozen, and neither may make old knowledge look fresh.
 */
export function elapsedSince(start: Instant, now: Instant): number {
  return Math.max(now.wall - start.wall, now.monotonic - start.monotonic)
}
