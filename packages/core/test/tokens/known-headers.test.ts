import { expect, it } from 'vitest'
import { KnownHeaders } from '../../src/tokens/known-headers.js'
import { heapInUse } from '../support/heap.js'

const header = (kid: string) => ({ alg: 'RS256', kid, typ: undefined })

it('knows a header by its whole text, once it was added', () => {
  const known = new KnownHeaders()
  expect(known.find('first')).toBeUndefined()
  known.add('first.payload', header('a'))
  known.add('second.payload', header('b'))
  for (let i = 0; i < 2; i++) {
    expect(known.find('first')).toStrictEqual(header('a'))
    expect(known.find('second')).toStrictEqual(header('b'))
    expect(known.find('firs')).toBeUndefined()
    expect(known.find('first.payload')).toBeUndefined()
  }
})

it('gives the same object each time, which nobody can change', () => {
  const known = new KnownHeaders()
  known.add('first.payload', header('a'))
  known.add('first.another', header('a'))
  expect(known.find('first')).toBe(known.find('first'))
  expect(Object.isFrozen(known.find('first'))).toBe(true)
})

it('keeps a few hundred, and no token that one of them came with', async () => {
  const known = new KnownHeaders()
  const token = (index: number) => `header-number-${index}.${String(index % 10).repeat(16_000)}`
  const before = await heapInUse()
  for (let index = 0; index < 1_000; index++) {
    const text = token(index)
    known.add(text, header(String(index)))
    expect(known.find(text.slice(0, text.indexOf('.')))).toMatchObject({ kid: String(index) })
  }
  expect(known.find('header-number-0')).toBeUndefined()
  expect(known.find('header-number-999')).toMatchObject({ kid: '999' })
  // The tokens of those that are kept would take four megabytes.
  expect((await heapInUse()) - before).toBeLessThan(2e6)
  expect(known.find('header-number-998')).toMatchObject({ kid: '998' })
})
