/** The longest wait a timer of the platform can hold; longer ones are begun anew. */
const LONGEST = 2_147_483_647

/** Calls back once after some milliseconds, and keeps no process alive for it. Returns what cancels it. */
export function callAfter(milliseconds: number, callBack: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const wait = (left: number) => {
    const now = Math.min(Math.max(0, left), LONGEST)
    timer = setTimeout(() => (left > now ? wait(left - now) : callBack()), now)
    // Numbers, in browsers, need none.
    const { unref } = timer as { unref?: () => unknown }
    unref?.call(timer)
  }
  wait(milliseconds)
  return () => clearTimeout(timer)
}

/** Taken when this is loaded: fake timers that a test installs later stop time, and this is about none. */
const soon: (callBack: () => void) => unknown = globalThis.setImmediate ?? globalThis.setTimeout

/** Resolves once everybody else who is ready has had a turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void soon(resolve))
}
