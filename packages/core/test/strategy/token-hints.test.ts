import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TokenHints } from '../../src/strategy/token-hints.js'

const hint = fc.constantFrom('a', 'b', '', undefined)
const steps = fc.array(fc.record({ adds: fc.boolean(), hint }))

it('a hint is known as long as one of the tokens that were added with it is left', () => {
  const check = fc.property(steps, (sequence) => {
    const hints = new TokenHints()
    const left: (string | undefined)[] = []
    for (const step of sequence) {
      const at = left.indexOf(step.hint)
      if (step.adds) {
        hints.add(step.hint)
        left.push(step.hint)
      } else if (at >= 0) {
        hints.delete(step.hint)
        left.splice(at, 1)
      }
      for (const each of ['a', 'b', '', undefined]) expect(hints.has(each)).toBe(left.includes(each))
      expect(hints.size).toBe(new Set(left).size)
    }
    hints.clear()
    expect([hints.size, hints.has('a')]).toStrictEqual([0, false])
  })
  fc.assert(check)
})
