import { describe, expect, it } from 'vitest'
import { definitionOfConstraint, senderConstraint } from '../../src/tokens/sender-constraint.js'
import { ConfigurationError } from '../../src/index.js'

describe('a sender constraint', () => {
  const definition = { method: 'jkt', connect: () => ({}) } as never
  const made = senderConstraint(definition)

  it('shows nothing of how it is made, and cannot be changed', () => {
    expect(definitionOfConstraint(made, 'o')).toBe(definition)
    expect(Object.keys(made)).toStrictEqual([])
    expect(Object.isFrozen(made) && Object.isFrozen(definition)).toBe(true)
  })

  it('is none as a copy, or of another making', () => {
    for (const other of [{ ...made }, {}, null, undefined, 'dpop', 7]) {
      expect(() => definitionOfConstraint(other, 'the.option')).toThrow(ConfigurationError)
      expect(() => definitionOfConstraint(other, 'the.option')).toThrow('the.option must be made by')
    }
  })
})
