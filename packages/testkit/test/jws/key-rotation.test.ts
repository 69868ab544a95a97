import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyRotation, readRotation } from '../../src/jws/key-rotation.js'

function rotationAt(start: number) {
  let now = start
  const clock = { now: () => now, advance: () => {} }
  return { rotation: createKeyRotation('first', clock), moveTo: (at: number) => void (now = at) }
}

const keeping = (delay?: number) => ({ keepOld: true, delay })
const withdrawing = (delay?: number) => ({ keepOld: false, delay })

describe('keys that are announced later', () => {
  it('sign at once, and are published when their time has come', () => {
    const { rotation, moveTo } = rotationAt(0)
    rotation.rotate('second', keeping(10))
    expect([rotation.current(), rotation.published(), rotation.accepted()]).toStrictEqual([
      'second',
      ['first'],
      ['second', 'first'],
    ])
    moveTo(9)
    expect(rotation.published()).toStrictEqual(['first'])
    moveTo(10)
    expect(rotation.published()).toStrictEqual(['second', 'first'])
  })

  it('take the place of the old ones in the same instant, so that there are always some', () => {
    const { rotation, moveTo } = rotationAt(0)
    rotation.rotate('second', withdrawing(10))
    moveTo(9)
    expect([rotation.published(), rotation.accepted()]).toStrictEqual([['first'], ['second', 'first']])
    moveTo(10)
    expect([rotation.published(), rotation.accepted()]).toStrictEqual([['second'], ['second']])
  })

  it('wait each for themselves when several are on their way', () => {
    const { rotation, moveTo } = rotationAt(0)
    rotation.rotate('second', keeping(30))
    rotation.rotate('third', keeping(10))
    expect([rotation.current(), rotation.published()]).toStrictEqual(['third', ['first']])
    moveTo(10)
    expect(rotation.published()).toStrictEqual(['third', 'first'])
    moveTo(30)
    expect(rotation.published()).toStrictEqual(['third', 'second', 'first'])
  })

  it('never appear when they are withdrawn before', () => {
    const { rotation, moveTo } = rotationAt(0)
    rotation.rotate('second', keeping(30))
    rotation.rotate('third', withdrawing())
    expect([rotation.published(), rotation.accepted()]).toStrictEqual([['third'], ['third']])
    moveTo(30)
    expect(rotation.published()).toStrictEqual(['third'])
  })
})

it('what was published or withdrawn at once stays so when the clock moves back', () => {
  const { rotation, moveTo } = rotationAt(100)
  rotation.rotate('second', withdrawing())
  moveTo(0)
  expect([rotation.published(), rotation.accepted()]).toStrictEqual([['second'], ['second']])
})

it('there is always a published key, the signing one is always accepted, and what is published is accepted', () => {
  const rotations = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 50 }),
      keepOld: fc.boolean(),
      delay: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(rotations, fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1 }), (steps, instants) => {
      const { rotation, moveTo } = rotationAt(0)
      for (const [index, { at, ...how }] of steps.toSorted((a, b) => a.at - b.at).entries()) {
        moveTo(at)
        rotation.rotate(`key ${index}`, how)
      }
      for (const instant of instants.toSorted((a, b) => a - b)) {
        moveTo(50 + instant)
        const [published, accepted] = [rotation.published(), rotation.accepted()]
        expect(published.length).toBeGreaterThan(0)
        expect(accepted).toContain(rotation.current())
        expect(accepted).toStrictEqual(expect.arrayContaining([...published]))
      }
    }),
  )
})

describe('options', () => {
  it('are read, durations in milliseconds', () => {
    expect(readRotation('test', {})).toStrictEqual({ keepOld: true, delay: undefined })
    expect(readRotation('test', { keepOld: false, announceAfter: '5s' })).toStrictEqual({
      keepOld: false,
      delay: 5_000,
    })
  })

  it.each<[object, string]>([
    [{ announceAfter: '-1s' }, 'rotateKeys takes an announceAfter of zero or more'],
    [{ announceAfter: 'later' }, 'announceAfter must be milliseconds, or whole'],
    [{ keepOld: 'yes' }, 'rotateKeys takes keepOld as true or false'],
    [{ keepold: true }, 'rotateKeys knows no keepold; it takes keepOld, announceAfter'],
  ])('are refused: %j', (how, message) => {
    expect(() => readRotation('test', how)).toThrow(message)
  })
})
