import { expect, it } from 'vitest'
import { perProcess } from '../src/index.js'

it('what is made per process is made once for a name, whatever copy of a module asks', async () => {
  let made = 0
  const make = () => ({ number: (made += 1) })
  const first = perProcess('test-a', make)
  expect(perProcess('test-a', make)).toBe(first)
  const again: string = '../src/per-process.js?again'
  const copy = (await import(/* @vite-ignore */ again)) as { perProcess: typeof perProcess }
  expect(copy.perProcess).not.toBe(perProcess)
  expect(copy.perProcess('test-a', make)).toBe(first)
  expect(perProcess('test-b', make)).not.toBe(first)
  expect(perProcess('test-undefined', () => undefined)).toBeUndefined()
  expect(made).toBe(2)
  expect(() => perProcess('', make)).toThrow('perProcess takes a name')
})

it('a maker that fails is asked again', () => {
  expect(() =>
    perProcess('test-c', () => {
      throw new Error('not yet')
    }),
  ).toThrow('not yet')
  expect(perProcess('test-c', () => 7)).toBe(7)
})
