import { expect, it } from 'vitest'
import { BoundedCache } from '../../src/transport/bounded-cache.js'

it('drops the oldest entry when it is full', () => {
  const cache = new BoundedCache<string, number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  cache.set('a', 3)
  cache.set('c', 4)
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toStrictEqual([3, undefined, 4, 2])
})

it('forgets everything on clear', () => {
  const cache = new BoundedCache<string, number>(2)
  cache.set('a', 1)
  cache.clear()
  expect([cache.get('a'), cache.size]).toStrictEqual([undefined, 0])
})
