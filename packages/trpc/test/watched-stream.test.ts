import type { Denied, Watch } from '@tokenward/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResourceServer, authorizationServer } from '../src/index.js'
import { watchedStream } from '../src/watched-stream.js'
import { authErrorDataOf } from '../src/denial.js'

/** A refusal as core makes it. */
async function refusal(): Promise<Denied> {
  const issuers = [authorizationServer({ issuer: 'https://auth.example', audience: 'https://api.example' })] as const
  const outcome = await createResourceServer({ issuers }).authorize({ method: 'GET', url: '/', headers: {} })
  if (outcome.outcome === 'granted') throw new Error('There was no token')
  return outcome
}

const DENIED = await refusal()
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A watch whose end is up to the test. */
function handWatch({ endsBefore = Infinity } = {}) {
  let onEnd = () => {}
  let asked = 0
  const state = { ended: undefined as Denied | undefined, stopped: 0 }
  const watch: Watch = {
    get ended() {
      return state.ended
    },
    async beforeMessage() {
      asked += 1
      if (asked >= endsBefore) state.ended ??= DENIED
      return state.ended
    },
    stop: () => void (state.stopped += 1),
  }
  return {
    state,
    begin(listener: () => void) {
      onEnd = listener
      return watch
    },
    end() {
      state.ended = DENIED
      onEnd()
    },
  }
}

/** A source whose items are handed in, and which says what became of it. */
function handSource() {
  const told = { demanded: 0, returned: 0 }
  let answer: { resolve(result: IteratorResult<number>): void; reject(error: Error): void } | undefined
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        told.demanded += 1
        return new Promise((resolve, reject) => (answer = { resolve, reject }))
      },
      async return() {
        told.returned += 1
        return { done: true, value: undefined }
      },
    }),
  }
  return {
    source,
    told,
    give: (value: number) => answer?.resolve({ done: false, value }),
    finish: () => answer?.resolve({ done: true, value: undefined }),
    fail: () => answer?.reject(new Error('of the source')),
  }
}

async function* numbers(count: number) {
  for (let i = 1; i <= count; i++) yield i
}

async function collect(stream: AsyncIterable<number>) {
  const items: number[] = []
  try {
    for await (const item of stream) items.push(item)
  } catch (error) {
    return { items, end: authErrorDataOf(error)?.ended ?? (error as Error).message }
  }
  return { items, end: 'done' }
}

describe('a watched stream', () => {
  it('hands on what its source yields, and not one item from the end of the grant on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.integer({ min: 1, max: 25 }), async (count, endsBefore) => {
        const { begin, state } = handWatch({ endsBefore })
        const { items, end } = await collect(watchedStream(numbers(count), begin, undefined))
        const expected = Math.min(count, endsBefore - 1)
        expect(items).toStrictEqual(Array.from({ length: expected }, (_, index) => index + 1))
        expect(end).toBe(count >= endsBefore ? 'access-withdrawn' : 'done')
        expect(state.stopped).toBe(1)
      }),
    )
  })

  it('does not begin before somebody wants to read', async () => {
    const { source, told } = handSource()
    const stream = watchedStream(source, () => expect.unreachable(), undefined)
    await stream.return(undefined)
    expect(told).toStrictEqual({ demanded: 0, returned: 0 })
  })

  it('ends in the middle of waiting when the grant does, and drops what comes later', async () => {
    const { source, told, give } = handSource()
    const { begin, end, state } = handWatch()
    const reading = collect(watchedStream(source, begin, undefined))
    await settle()
    end()
    expect(await reading).toStrictEqual({ items: [], end: 'access-withdrawn' })
    give(1)
    await settle()
    expect([told.returned, state.stopped]).toStrictEqual([1, 1])
  })

  it('hands on nothing that arrived together with the end', async () => {
    const { source, give } = handSource()
    const { begin, end } = handWatch()
    const reading = collect(watchedStream(source, begin, undefined))
    await settle()
    give(1)
    end()
    expect(await reading).toStrictEqual({ items: [], end: 'access-withdrawn' })
  })

  it('of a grant that has ended by then yields nothing', async () => {
    const { source, told } = handSource()
    const { begin, state } = handWatch()
    state.ended = DENIED
    expect(await collect(watchedStream(source, begin, undefined))).toStrictEqual({ items: [], end: 'access-withdrawn' })
    expect(told.demanded).toBe(0)
  })

  it('ends without an error when the client has left, be the source waiting for ever', async () => {
    const { source, told } = handSource()
    const { begin, state } = handWatch()
    const leaving = new AbortController()
    const reading = collect(watchedStream(source, begin, leaving.signal))
    await settle()
    leaving.abort()
    expect(await reading).toStrictEqual({ items: [], end: 'done' })
    expect([told.returned, state.stopped]).toStrictEqual([1, 1])
    expect(await collect(watchedStream(numbers(2), handWatch().begin, leaving.signal))).toStrictEqual({
      items: [],
      end: 'done',
    })
  })

  it('fails as its source does, which is then left alone', async () => {
    const { source, told, fail } = handSource()
    const { begin, state } = handWatch()
    const reading = collect(watchedStream(source, begin, undefined))
    await settle()
    fail()
    expect(await reading).toStrictEqual({ items: [], end: 'of the source' })
    expect([told.returned, state.stopped]).toStrictEqual([0, 1])
  })

  it('waits for its source to clean up when the reader stops', async () => {
    let cleaned = false
    async function* source() {
      try {
        yield 1
        yield 2
      } finally {
        await settle()
        cleaned = true
      }
    }
    const { begin, state } = handWatch()
    for await (const item of watchedStream(source(), begin, undefined)) {
      expect(item).toBe(1)
      break
    }
    expect([cleaned, state.stopped]).toStrictEqual([true, 1])
  })
})
