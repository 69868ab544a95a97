import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inMemoryReplayMemory } from '../../src/index.js'

const NOW = 1_700_000_000_000
const LIFETIME = 65_000
interface Changed {
  readonly key?: string
  readonly now?: number
  readonly expiresAt?: number
}
const proof = (id: string, { key = 'key', now = NOW, expiresAt = now + LIFETIME }: Changed = {}) => ({
  key,
  id,
  now,
  expiresAt,
})

describe('a replay memory', () => {
  it('tells once that a proof is new', () => {
    const memory = inMemoryReplayMemory()
    expect(memory.remember(proof('a'))).toBe('new')
    expect(memory.remember(proof('a'))).toBe('replayed')
    expect(memory.remember(proof('b'))).toBe('new')
    expect(memory.remember(proof('a', { key: 'other' }))).toBe('new')
    expect(memory.size).toBe(3)
  })

  it('remembers a proof until it ends, and a second longer at most', () => {
    const memory = inMemoryReplayMemory()
    memory.remember(proof('a'))
    const expiresAt = NOW + LIFETIME
    expect(memory.remember(proof('a', { now: expiresAt - 1, expiresAt }))).toBe('replayed')
    memory.remember(proof('b', { now: expiresAt + 1_000 }))
    expect(memory.size).toBe(1)
  })

  it('has a place for so many proofs of one key, and refuses no other key for it', () => {
    const memory = inMemoryReplayMemory({ maxProofsPerKey: 10 })
    for (let i = 0; i < 10; i++) expect(memory.remember(proof(`${i}`))).toBe('new')
    expect(memory.remember(proof('one more'))).toBe('key-full')
    expect(memory.remember(proof('1'))).toBe('replayed')
    expect(memory.remember(proof('one more', { key: 'other' }))).toBe('new')
    const later = NOW + LIFETIME + 1_000
    expect(memory.remember(proof('one more', { now: later }))).toBe('new')
  })

  it('has 1,000 places for a key, unless told otherwise', () => {
    const memory = inMemoryReplayMemory()
    for (let i = 0; i < 1_000; i++) expect(memory.remember(proof(`${i}`))).toBe('new')
    expect(memory.remember(proof('one more'))).toBe('key-full')
  })

  it('says so when it is full, and forgets nothing for it', () => {
    const memory = inMemoryReplayMemory({ maxProofs: 1_000 })
    for (let i = 0; i < 1_000; i++) memory.remember(proof('a', { key: `${i}` }))
    expect(memory.remember(proof('a', { key: 'one more' }))).toBe('full')
    expect(memory.remember(proof('a', { key: '0' }))).toBe('replayed')
    expect(memory.size).toBe(1_000)
    expect(memory.remember(proof('b', { key: '0', now: NOW + LIFETIME + 1_000 }))).toBe('new')
    expect(memory.size).toBe(1)
  })

  it('takes no proof twice, however clocks step and whatever it has forgotten', () => {
    const step = fc.record({
      move: fc.oneof(
        fc.integer({ min: 0, max: 90_000 }),
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.constantFrom(0, 1, 999, 1_000, LIFETIME, -LIFETIME),
      ),
      proof: fc.nat({ max: 3 }),
      age: fc.integer({ min: -5_000, max: 60_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = inMemoryReplayMemory()
        const made = new Map<number, number>()
        const taken = new Set<number>()
        let now = NOW
        for (const { move, proof: number, age } of steps) {
          now += move
          // A proof is made once, and comes again and again.
          const iat = made.get(number) ?? now - age
          made.set(number, iat)
          const expiresAt = iat + LIFETIME
          if (!(iat <= now + 5_000 && now < expiresAt)) continue
          const verdict = memory.remember(proof(String(number), { now, expiresAt }))
          if (verdict === 'new') expect(taken.has(number)).toBe(false)
          if (verdict === 'new') taken.add(number)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('takes every new proof, as long as the clock goes on', () => {
    const pause = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(fc.array(pause, { maxLength: 60 }), (pauses) => {
        const memory = inMemoryReplayMemory()
        let now = NOW
        for (const [index, milliseconds] of pauses.entries()) {
          now += milliseconds
          // Some clients' clocks are late.
          const expiresAt = now + LIFETIME - (index % 3) * 20_000
          expect(memory.remember(proof(String(index), { now, expiresAt }))).toBe('new')
        }
      }),
    )
  })

  it.each([
    [{ maxProofs: 999 }, 'inMemoryReplayMemory.maxProofs must be a whole number from 1000'],
    [{ maxProofs: 1e9 }, 'inMemoryReplayMemory.maxProofs must be a whole number'],
    [{ maxProofsPerKey: 0 }, 'inMemoryReplayMemory.maxProofsPerKey must be a whole number from 10'],
    [{ maxProofsPerKey: 10.5 }, 'inMemoryReplayMemory.maxProofsPerKey must be a whole number'],
    [{ capacity: 10 }, 'inMemoryReplayMemory.capacity is not an option'],
  ])('refuses %j', (options, message) => {
    expect(() => inMemoryReplayMemory(options as never)).toThrow(message)
  })
})
