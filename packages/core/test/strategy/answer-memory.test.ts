import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerMemory } from '../../src/strategy/answer-memory.js'
import { manualClock } from '../support/manual-clock.js'

function setUp(capacity = 2) {
  const clock = manualClock()
  const dropped: string[] = []
  const memory = new AnswerMemory<string>({ capacity, clock, onDropped: (value) => dropped.push(value) })
  return { clock, dropped, memory }
}

describe('a memory of answers', () => {
  it('gives up what was set longest ago once it is full of what has not ended', () => {
    const { memory } = setUp()
    memory.set('a', '1', undefined)
    memory.set('b', '2', undefined)
    memory.set('a', '3', undefined)
    memory.set('c', '4', undefined)
    expect(['a', 'b', 'c'].map((key) => memory.get(key))).toStrictEqual(['3', undefined, '4'])
  })

  it('gives up what has ended before anything else', () => {
    const { clock, memory } = setUp()
    memory.set('a', '1', undefined)
    memory.set('b', '2', clock.now() + 1_000)
    clock.advance(1_000)
    memory.set('c', '3', undefined)
    expect(['a', 'b', 'c'].map((key) => memory.get(key))).toStrictEqual(['1', undefined, '3'])
  })

  it('tells of each value that is replaced, deleted or has to go, once, and of none that stays', () => {
    const step = fc.record({
      kind: fc.constantFrom('set', 'delete'),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      endsIn: fc.option(fc.nat(1_000), { nil: undefined }),
      pause: fc.nat(500),
    })
    const check = fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (sequence, capacity) => {
      const { clock, dropped, memory } = setUp(capacity)
      let count = 0
      for (const { kind, key, endsIn, pause } of sequence) {
        clock.advance(pause)
        if (kind === 'delete') memory.delete(key)
        else memory.set(key, `${(count += 1)}`, endsIn === undefined ? undefined : clock.now() + endsIn)
        expect(memory.size).toBeLessThanOrEqual(capacity)
      }
      const kept = ['a', 'b', 'c', 'd'].flatMap((key) => memory.get(key) ?? [])
      expect(kept).toHaveLength(memory.size)
      const all = Array.from({ length: count }, (_, at) => `${at + 1}`)
      expect([...kept, ...dropped].toSorted((a, b) => Number(a) - Number(b))).toStrictEqual(all)
    })
    fc.assert(check)
  })
})
