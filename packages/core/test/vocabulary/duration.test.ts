import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../src/vocabulary/duration.js'

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['10m', 600_000],
    ['6h', 21_600_000],
    ['1d', 86_400_000],
    ['0s', 0],
    [1_500, 1_500],
    [0, 0],
  ])('reads %j as %i ms', (value, expected) => {
    expect(parseDuration(value)).toBe(expected)
  })

  it.each([
    '',
    '30',
    's',
    '-1s',
    '1.5s',
    '1e3s',
    ' 5s',
    '5s ',
    '5 s',
    '0x10s',
    '5S',
    '5min',
    -1,
    Number.NaN,
    Infinity,
    null,
    undefined,
    {},
  ])('refuses %j', (value) => {
    expect(parseDuration(value)).toBeUndefined()
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [604_800_000, '7d'],
  ])('writes %i ms as %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected)
  })
})
