import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { isStandardSchema } from '../../src/vocabulary/standard-schema.js'

describe('isStandardSchema', () => {
  it('takes a Zod schema and a callable schema', () => {
    expect(isStandardSchema(z.object({}))).toBe(true)
    expect(isStandardSchema(Object.assign(() => {}, { '~standard': { version: 1, validate: () => {} } }))).toBe(true)
  })

  it.each([
    undefined,
    null,
    {},
    'schema',
    { '~standard': null },
    { '~standard': { version: 2, validate() {} } },
    { '~standard': { version: 1 } },
  ])('refuses %j', (value) => {
    expect(isStandardSchema(value)).toBe(false)
  })
})
