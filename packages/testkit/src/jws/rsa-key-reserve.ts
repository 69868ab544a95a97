import { generateKeyPair, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** As many as a pool needs. They are made on other threads, while the test that took the last ones runs. */
const RESERVE = 2
/** More at once than there are cores would only keep the first one waiting. Node has four threads for such work. */
const AT_ONCE = Math.max(2, Math.min(4, availableParallelism()))

interface Waiting {
  resolve(key: KeyObject): void
  reject(error: unknown): void
}

const reserve: KeyObject[] = []
const waiting: Waiting[] = []
let making = 0

/**
 * A fresh RSA key of 2,048 bits that nobody else gets. Primes are found sooner or later: the first of several keys that
 * are made at once is the one, and the others are there for whoever comes next. Nothing is made before the first is taken.
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
  while (making < AT_ONCE && making + reserve.length < waiting.length + RESERVE) {
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
      },
    )
  }
}
