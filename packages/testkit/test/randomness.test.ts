import { describe, expect, it } from 'vitest'
import { createRandomness } from '../src/randomness.js'

const sample = (seed?: string | number) => {
  const random = createRandomness('test', seed)
  return [random.uuid('a'), random.alphanumeric('b', 9), random.bytes('c', 40).toString('hex'), random.uuid('a')]
}

describe('a seed', () => {
  it('gives the same every time, and another something else', () => {
    expect(sample('orders')).toStrictEqual(sample('orders'))
    expect(sample(7)).toStrictEqual(sample(7))
    for (const other of [sample('order'), sample()]) {
      for (const [index, value] of sample('orders').entries()) expect(value).not.toBe(other[index])
    }
  })

  it('gives each purpose a row of its own', () => {
    const [disturbed, plain] = [createRandomness('test', 1), createRandomness('test', 1)]
    disturbed.uuid('another')
    expect(disturbed.uuid('jti')).toBe(plain.uuid('jti'))
    expect(disturbed.uuid('jti')).not.toBe(disturbed.uuid('jti'))
  })

  it.each([[''], [Number.NaN], [true], [null]])('is not %j', (seed) => {
    expect(() => createRandomness('test', seed as never)).toThrow('test: seed must be text, not empty, or a number')
  })
})

it('UUIDs say that they are random', () => {
  for (const seed of [undefined, 'orders']) {
    expect(createRandomness('test', seed).uuid('x')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  }
})
