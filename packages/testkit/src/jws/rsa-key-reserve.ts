import { generateKeyPair, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** As many as a pool needs. They are made on other threads, while the test that took the last ones runs. */
const RESERVE = 2

interface Waiting {
  resolve(key: KeyObject): void
  reject(error: unknown): void
}

const reserve: KeyObject[] = []
const waiting: Waiting[] = []
let making = 0

/**
 * A fresh RSA key of 2,048 bits that nobody else gets. How long one takes is a matter of luck, so that while somebody waits
 * every core tries its own: the first that is ready is taken, and the others are reserved. When nobody waits, keys are made
 * ahead one at a time, which leaves the other cores to the test. Nothing is made before the first is taken.
 */
export function takeRsaKey(): Promise<KeyObject> {
  const made = reserve.shift()
  const taken =
    made === undefined
      ? new Promise<KeyObject>((resolve, reject) => waiting.push({ resolve, reject }))
      : Promise.resolve(made)
  makeMore()
  return taken
}

function makeMore(): void {
  while (making < wantedAtOnce()) {
    making += 1
    generate('rsa', { modulusLength: 2048 }).then(
      ({ privateKey }) => {
        making -= 1
        const next = waiting.shift()
        if (next === undefined) reserve.push(privateKey)
        else next.resolve(privateKey)
        makeMore()
      },
      (error: unknown) => {
        making -= 1
        // Whoever waits is told; if nobody does, nobody has to be.
        waiting.shift()?.reject(error)
        if (waiting.length > 0) makeMore()
      },
    )
  }
}

function wantedAtOnce(): number {
  if (waiting.length === 0) return reserve.length < RESERVE ? 1 : 0
  // No more than will be kept.
  return Math.min(waiting.length + RESERVE, availableParallelism())
}
