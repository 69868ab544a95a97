import { describe, expect, it } from 'vitest'
import { readBody } from '../../src/transport/bounded-body.js'

const bodyOf = (...pieces: readonly string[]) => new Blob([...pieces]).stream()

describe('a body', () => {
  it('is read to its end', async () => {
    expect(await readBody(bodyOf('ab', 'cd'), 4)).toStrictEqual(new TextEncoder().encode('abcd'))
    expect(await readBody(null, 4)).toStrictEqual(new Uint8Array())
  })

  it('is read no further once it is larger than the limit', async () => {
    let reads = 0
    const endless = {
      getReader: () => ({
        async read() {
          reads += 1
          return { done: false, value: new Uint8Array(3) }
        },
      }),
    }
    expect(await readBody(endless, 7)).toBeUndefined()
    expect(reads).toBe(3)
  })

  it('may come in pieces without a value', async () => {
    const pieces = [{ done: false }, { done: false, value: new Uint8Array([1]) }, { done: true }]
    const body = { getReader: () => ({ read: async () => pieces.shift() ?? { done: true } }) }
    expect(await readBody(body, 1)).toStrictEqual(new Uint8Array([1]))
  })
})
