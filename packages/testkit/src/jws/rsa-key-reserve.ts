import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** As many as a pool needs. They are made on other threads, while the test that took the last ones runs. */
const RESERVE = 2
const reserve: Promise<KeyObject>[] = []

/** A fresh RSA key of 2,048 bits that nobody else gets. From the second time on it has been made ahead. */
export function takeRsaKey(): Promise<KeyObject> {
  const taken = reserve.shift() ?? makeRsaKey()
  while (reserve.length < RESERVE) {
    const ahead = makeRsaKey()
    // Whoever takes it is told; if nobody does, nobody has to be.
    ahead.catch(() => {})
    reserve.push(ahead)
  }
  return taken
}

async function makeRsaKey(): Promise<KeyObject> {
  return (await generate('rsa', { modulusLength: 2048 })).privateKey
}
