/** Allows `capacity` actions at once and one more per `refillInterval`. It rejects at once and never queues. */
export interface TokenBucket {
  /** `reserve`: how many must be left for others. Default none. */
  take(reserve?: number): boolean
}

export function createTokenBucket(
  { capacity, refillInterval }: { readonly capacity: number; readonly refillInterval: number },
  monotonic: () => number,
): TokenBucket {
  let available = capacity
  let countedAt = monotonic()
  return {
    take(reserve = 0) {
      const now = monotonic()
      available = Math.min(capacity, available + Math.max(0, now - countedAt) / refillInterval)
      countedAt = now
      if (available < 1 + reserve) return false
      available -= 1
      return true
    },
  }
}
