/** How many calls may be under way at once. Whoever finds no place is told so at once; nobody queues. */
export interface ConcurrencyLimit {
  /** Takes a place and returns what gives it back, or `undefined` when there is none. */
  enter(credible: boolean): (() => void) | undefined
}

/** What nobody vouches for may take one place in so many: made-up tokens must leave room for real ones. */
const SHARE_OF_STRANGERS = 4

export function createConcurrencyLimit(max: number): ConcurrencyLimit {
  const maxStrangers = Math.floor(max / SHARE_OF_STRANGERS)
  let inside = 0
  let strangers = 0
  return {
    enter(credible) {
      if (inside >= max || (!credible && strangers >= maxStrangers)) return undefined
      inside += 1
      if (!credible) strangers += 1
      let left = false
      return () => {
        if (left) return
        left = true
        inside -= 1
        if (!credible) strangers -= 1
      }
    },
  }
}
