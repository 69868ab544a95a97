import { expect, it } from 'vitest'
import { createBackoff } from '../../src/transport/backoff.js'

const waits = (random: number, failures: number) => {
  let now = 0
  const backoff = createBackoff(
    { first: 500, longest: 5_000 },
    () => now,
    () => random,
  )
  return Array.from({ length: failures }, () => {
    backoff.failed()
    const start = now
    while (!backoff.isDue()) now += 1
    return now - start
  })
}

it('is due at once before any failure', () => {
  expect(createBackoff({ first: 500, longest: 5_000 }, () => 0).isDue()).toBe(true)
})

it('doubles up to the longest wait', () => {
  expect(waits(0, 6)).toStrictEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

it('shortens each wait by up to half', () => {
  expect(waits(1, 4)).toStrictEqual([250, 500, 1_000, 2_000])
})

it('starts again after a success', () => {
  let now = 0
  const backoff = createBackoff(
    { first: 500, longest: 5_000 },
    () => now,
    () => 0,
  )
  for (let i = 0; i < 5; i++) backoff.failed()
  backoff.succeeded()
  expect(backoff.isDue()).toBe(true)
  backoff.failed()
  now = 500
  expect(backoff.isDue()).toBe(true)
})

it('is due again when a clock steps back', () => {
  let now = 3_600_000
  const backoff = createBackoff({ first: 500, longest: 5_000 }, () => now)
  backoff.failed()
  now = 0
  expect(backoff.isDue()).toBe(true)
})

it('stays at the longest wait however many failures there were', () => {
  let now = 0
  const backoff = createBackoff(
    { first: 500, longest: 5_000 },
    () => now,
    () => 0,
  )
  for (let i = 0; i < 5_000; i++) backoff.failed()
  now = 4_999
  expect(backoff.isDue()).toBe(false)
  now = 5_000
  expect(backoff.isDue()).toBe(true)
})
