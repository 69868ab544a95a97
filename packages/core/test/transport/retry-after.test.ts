import { expect, it } from 'vitest'
import { retryAfterOf } from '../../src/transport/retry-after.js'

const NOW = Date.UTC(2026, 10, 20, 8, 0, 0)
const read = (value: string | undefined) => retryAfterOf({ header: () => value }, NOW)

it.each<[string | undefined, number]>([
  ['0', 0],
  [' 120 ', 120],
  ['Fri, 20 Nov 2026 08:00:30 GMT', 30],
  ['Fri, 20 Nov 2026 07:59:00 GMT', 0],
])('%j is %d seconds (RFC 9110 §10.2.3)', (value, seconds) => {
  expect(read(value)).toBe(seconds)
})

it.each([
  undefined,
  '',
  '-1',
  '1.5',
  '1e9',
  'soon',
  '9'.repeat(10),
  '2026-11-20T08:00:30Z',
  'Fri, 99 Nov 2026 08:00:30 GMT',
])('%j says nothing', (value) => {
  expect(read(value)).toBeUndefined()
})
