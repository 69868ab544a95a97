import { expect, it } from 'vitest'
import { SingleFlight } from '../../src/transport/single-flight.js'

const LONGEST = 50
/** Longer than the work may take, and the grace on top of it. */
const longAfter = () => new Promise((resolve) => setTimeout(resolve, 400))
const never = new Promise<never>(() => {})

it('does the work once for all who ask meanwhile, and again for who asks after', async () => {
  const flight = new SingleFlight<number>(60_000)
  let begun = 0
  const begin = async () => {
    begun += 1
    await new Promise((resolve) => setTimeout(resolve, 5))
    return begun
  }
  expect(flight.isUnderWay).toBe(false)
  const all = Promise.all([flight.join(begin), flight.join(begin), flight.join(begin)])
  expect(flight.isUnderWay).toBe(true)
  expect(await all).toStrictEqual([1, 1, 1])
  expect(flight.isUnderWay).toBe(false)
  expect(await flight.join(begin)).toBe(2)
})

it('tells all of a failure, and begins anew after it', async () => {
  const flight = new SingleFlight<number>(60_000)
  const fail = () => Promise.reject(new Error('no'))
  const both = await Promise.allSettled([flight.join(fail), flight.join(fail)])
  expect(both.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected'])
  expect(flight.wasAbandoned).toBe(false)
  expect(await flight.join(async () => 7)).toBe(7)
})

it('lets nobody wait for work that never ends', async () => {
  const flight = new SingleFlight<number>(LONGEST)
  void flight.join(() => never)
  await expect(flight.join(() => never)).rejects.toMatchObject({ code: 'timeout' })
  expect(flight.isUnderWay).toBe(false)
})

it('begins anew once work was abandoned, and says that it was', async () => {
  const flight = new SingleFlight<number>(LONGEST)
  void flight.join(() => never)
  expect(flight.wasAbandoned).toBe(false)
  await longAfter()
  expect(flight.wasAbandoned).toBe(true)
  expect(await flight.join(async () => 7)).toBe(7)
  expect(flight.wasAbandoned).toBe(false)
})

it('does not take the late end of abandoned work for the end of what was begun since', async () => {
  const flight = new SingleFlight<number>(LONGEST)
  const late = settledByHand()
  const first = flight.join(() => late.promise)
  await longAfter()
  const next = settledByHand()
  const second = flight.join(() => next.promise)
  late.resolve(1)
  expect(await first).toBe(1)
  expect(flight.isUnderWay).toBe(true)
  next.resolve(2)
  expect(await second).toBe(2)
  expect(flight.isUnderWay).toBe(false)
})

function settledByHand(): { readonly promise: Promise<number>; resolve(value: number): void } {
  let resolve: (value: number) => void = () => {}
  const promise = new Promise<number>((settle) => (resolve = settle))
  return { promise, resolve: (value) => resolve(value) }
}
