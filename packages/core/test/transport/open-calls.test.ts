import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedError } from '../../src/transport/http-client.js'
import { OpenCalls } from '../../src/transport/open-calls.js'

describe('the calls under way', () => {
  it('are ended exactly once where they did not leave before, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 60 }), fc.nat({ max: 30 }), (leaving, count) => {
        const open = new OpenCalls()
        const ended: number[] = []
        const leave = Array.from({ length: count }, (_, index) => open.add(() => ended.push(index)))
        for (const index of leaving) leave[index]?.()
        open.endAll(closedError)
        open.endAll(closedError)
        const stayed = Array.from({ length: count }, (_, index) => index).filter((index) => !leaving.includes(index))
        expect(ended.toSorted((a, b) => a - b)).toStrictEqual(stayed)
      }),
    )
  })

  it('may leave, and others come, while all are ended', () => {
    const open = new OpenCalls()
    const ended: string[] = []
    const leaveSecond = open.add(() => ended.push('second'))
    open.add(() => {
      ended.push('first')
      leaveSecond()
      open.add((error) => ended.push(error.code))
    })
    open.endAll(closedError)
    expect(ended).toStrictEqual(['first', 'closed'])
  })
})
