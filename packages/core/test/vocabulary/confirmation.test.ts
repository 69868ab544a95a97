import { describe, expect, it } from 'vitest'
import { isSenderConstrained } from '../../src/vocabulary/confirmation.js'

describe('isSenderConstrained', () => {
  it.each([{ jkt: 'a' }, { 'x5t#S256': 'a' }, {}, [], '', 0, false, null])('takes a cnf of %j for a binding', (cnf) => {
    expect(isSenderConstrained({ cnf })).toBe(true)
  })

  it('sees none where there is none, an inherited one included', () => {
    expect(isSenderConstrained({ sub: 's', CNF: {} })).toBe(false)
    expect(isSenderConstrained(Object.create({ cnf: { jkt: 'a' } }))).toBe(false)
  })
})
