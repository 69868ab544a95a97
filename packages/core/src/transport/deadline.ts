import { systemClock } from './clock.js'
import { timeoutError } from './http-client.js'

/** One limit over several steps, whatever each of them takes. */
export interface Deadline {
  /** Milliseconds that are left; 0 when none are. */
  remaining(): number
  /**
   * What the work brings, unless time is up first; then it rejects as a call that took too long does. The work itself
   * goes on: others may wait for it, too.
   */
  within<T>(work: Promise<T>): Promise<T>
}

/** Runs on the clock of sockets and timers, which no given clock moves. */
export function startDeadline(timeout: number): Deadline {
  const endsAt = systemClock.monotonic() + timeout
  const remaining = () => Math.max(0, endsAt - systemClock.monotonic())
  return {
    remaining,
    within(work) {
      return new Promise((resolve, reject) => {
        let settled = false
        let timer: ReturnType<typeof setTimeout> | undefined
        const settle = () => {
          settled = true
          clearTimeout(timer)
        }
        work.then(
          (value) => {
            settle()
            resolve(value)
          },
          (error: unknown) => {
            settle()
            reject(error)
          },
        )
        // Work that is done by now has said so before this runs, and needs no timer.
        queueMicrotask(() => {
          if (!settled) timer = setTimeout(() => reject(timeoutError(timeout)), remaining())
        })
      })
    },
  }
}
