import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveAnswers } from '../../src/strategy/live-answers.js'
import { readInstant } from '../../src/transport/clock.js'
import { manualClock } from '../support/manual-clock.js'

const HOUR = 3_600_000

/** Two tokens of three have one in common. */
const hintOf = (key: string) => ['jti', 'another jti', undefined][key.length % 3]

function setUp({ capacity = 100, propagationDelay = 0 } = {}) {
  const clock = manualClock()
  const options = { clock, clockTolerance: 5_000, propagationDelay, inactiveMemory: 10_000, capacity }
  const answers = new LiveAnswers<string>(options)
  const now = () => readInstant(clock)
  /** Old enough for every replica to know it. */
  const issuedAt = clock.now() - 60_000
  const token = (
    key = 'token',
    more: { issuedAt?: number | undefined; endsAt?: number; validated?: boolean } = {},
  ) => ({
    key,
    hint: hintOf(key),
    issuedAt,
    endsAt: clock.now() + HOUR,
    validated: false,
    ...more,
  })
  return { clock, answers, now, token, issuedAt }
}

describe('an active answer', () => {
  it('is kept with the instant its call was sent', () => {
    const { clock, answers, now, token } = setUp()
    const startedAt = now()
    clock.advance(50)
    answers.recordActive(token(), { startedAt, response: 'yes' })
    expect(answers.active('token')).toStrictEqual({ startedAt, response: 'yes' })
    expect(answers.active('another')).toBeUndefined()
  })

  it('that arrives late does not replace one whose call was sent later', () => {
    const { clock, answers, now, token } = setUp()
    const early = now()
    clock.advance(10)
    answers.recordActive(token(), { startedAt: now(), response: 'later' })
    answers.recordActive(token(), { startedAt: early, response: 'earlier' })
    expect(answers.active('token')?.response).toBe('later')
  })
})

describe('an inactive answer', () => {
  it('is final: no later answer brings the token back', () => {
    const { clock, answers, now, token } = setUp()
    answers.recordActive(token(), { startedAt: now(), response: 'yes' })
    clock.advance(10)
    answers.recordInactive(token(), now())
    clock.advance(HOUR / 2)
    answers.recordActive(token(), { startedAt: now(), response: 'yes again' })
    expect(answers.isInactive('token')).toBe(true)
    expect(answers.active('token')).toBeUndefined()
  })

  it('overtaken by an active one whose call was sent earlier stands', () => {
    const { clock, answers, now, token } = setUp()
    const early = now()
    clock.advance(10)
    answers.recordInactive(token('token', { issuedAt: undefined }), now())
    answers.recordActive(token(), { startedAt: early, response: 'yes' })
    expect(answers.active('token')).toBeUndefined()
  })

  it('about a newborn token refuses nothing later: a replica may not have known it yet', () => {
    const { clock, answers, now, token } = setUp({ propagationDelay: 2_000 })
    const issuedAt = clock.now()
    clock.advance(7_999)
    answers.recordInactive(token('token', { issuedAt }), now())
    expect(answers.isInactive('token')).toBe(false)
    clock.advance(1)
    answers.recordInactive(token('token', { issuedAt }), now())
    expect(answers.isInactive('token')).toBe(true)
  })

  it('about a newborn token still ends the trust in what was said before', () => {
    const { clock, answers, now, token } = setUp()
    const issuedAt = clock.now()
    answers.recordActive(token('token', { issuedAt }), { startedAt: now(), response: 'yes' })
    clock.advance(10)
    answers.recordInactive(token('token', { issuedAt }), now())
    expect(answers.active('token')).toBeUndefined()
  })

  it('about a token of unknown age is asked again after a while, and believed meanwhile', () => {
    const { clock, answers, now, token } = setUp()
    const unknown = token('token', { issuedAt: undefined })
    answers.recordInactive(unknown, now())
    clock.advance(9_999)
    expect(answers.isInactive('token')).toBe(true)
    clock.advance(1)
    expect(answers.isInactive('token')).toBe(false)
    answers.recordActive(unknown, { startedAt: now(), response: 'yes' })
    expect(answers.active('token')).toBeDefined()
  })

  it('does not end the trust in what a later call has said', () => {
    const { clock, answers, now, token } = setUp()
    const early = now()
    clock.advance(10)
    answers.recordActive(token(), { startedAt: now(), response: 'yes' })
    answers.recordInactive(token('token', { issuedAt: undefined }), early)
    expect(answers.active('token')).toBeDefined()
  })
})

describe('answers to calls that were sent within the same tick', () => {
  it('count as inactive, whichever comes first', () => {
    const { answers, now, token } = setUp()
    const unknown = (key: string) => token(key, { issuedAt: undefined })
    answers.recordActive(token('a'), { startedAt: now(), response: 'yes' })
    answers.recordInactive(unknown('a'), now())
    answers.recordInactive(unknown('b'), now())
    answers.recordActive(token('b'), { startedAt: now(), response: 'yes' })
    expect(['a', 'b'].map((key) => answers.active(key))).toStrictEqual([undefined, undefined])
    expect(['a', 'b'].map((key) => answers.isInactive(key))).toStrictEqual([true, true])
  })
})

describe('inactive answers about a token of unknown age', () => {
  it('are remembered from the call that was sent last, in whichever order they come', () => {
    const { clock, answers, now, token } = setUp()
    const unknown = token('token', { issuedAt: undefined })
    const early = now()
    clock.advance(5_000)
    answers.recordInactive(unknown, now())
    answers.recordInactive(unknown, early)
    clock.advance(9_999)
    expect(answers.isInactive('token')).toBe(true)
  })

  it('give way to an active one of a later call, which then serves', () => {
    const { clock, answers, now, token } = setUp()
    answers.recordInactive(token('token', { issuedAt: undefined }), now())
    clock.advance(1)
    const startedAt = now()
    answers.recordActive(token(), { startedAt, response: 'yes' })
    expect(answers.active('token')).toStrictEqual({ startedAt, response: 'yes' })
  })

  it('are believed no longer where the wall clock steps back or stands still', () => {
    const { clock, answers, now, token } = setUp()
    answers.recordInactive(token('token', { issuedAt: undefined }), now())
    clock.advance(10_000)
    clock.stepWall(-10_000)
    expect(answers.isInactive('token')).toBe(false)
  })
})

describe('the memory', () => {
  it('is bounded, and gives up what has ended before what has not', () => {
    const { clock, answers, now, token } = setUp({ capacity: 4 })
    answers.recordInactive(token('revoked', { endsAt: clock.now() + HOUR }), now())
    for (const key of ['a', 'b', 'c']) answers.recordInactive(token(key, { endsAt: clock.now() + 1_000 }), now())
    clock.advance(1_000)
    answers.recordInactive(token('d'), now())
    expect(['revoked', 'd'].map((key) => answers.isInactive(key))).toStrictEqual([true, true])
    expect(answers.size).toBe(2)
  })

  it('of revoked tokens is not reached by tokens that anybody can make up', () => {
    const { answers, now, token } = setUp({ capacity: 4 })
    answers.recordInactive(token('revoked'), now())
    for (let i = 0; i < 10_000; i++) answers.recordInactive(token(`made-up-${i}`, { issuedAt: undefined }), now())
    expect(answers.isInactive('revoked')).toBe(true)
    expect(answers.size).toBe(5)
  })

  it('of validated tokens without an age is not reached by them, either', () => {
    const { answers, now, token } = setUp({ capacity: 4 })
    answers.recordInactive(token('jwt', { issuedAt: undefined, validated: true }), now())
    for (let i = 0; i < 10_000; i++) answers.recordInactive(token(`made-up-${i}`, { issuedAt: undefined }), now())
    expect(answers.isInactive('jwt')).toBe(true)
    expect(answers.size).toBe(5)
  })

  it('tells without the name of a token that nothing bad is known of it', () => {
    const { answers, now, token } = setUp()
    answers.recordActive(token(), { startedAt: now(), response: 'yes' })
    expect(answers.mayBeInactive(token())).toBe(false)
    answers.recordInactive(token(), now())
    expect(answers.mayBeInactive(token())).toBe(true)
    expect(answers.mayBeInactive(token('another token'))).toBe(false)
    answers.clear()
    expect([answers.mayBeInactive(token()), answers.size]).toStrictEqual([false, 0])
  })

  const names = ['a', 'b', 'c', 'aa', 'bb', 'aaa', 'bbb']
  const steps = fc.array(
    fc.record({
      key: fc.constantFrom(...names),
      kind: fc.constantFrom('revoked', 'validated', 'made up', 'active'),
      pause: fc.nat(400),
      endsIn: fc.nat(1_000),
    }),
    { maxLength: 60 },
  )

  it('tells so of no token it knows to be inactive, and of every token once all are gone, for every sequence', () => {
    const check = fc.property(steps, fc.integer({ min: 1, max: 4 }), (sequence, capacity) => {
      const { clock, answers, now, token, issuedAt } = setUp({ capacity })
      for (const { key, kind, pause, endsIn } of sequence) {
        clock.advance(pause)
        const about = token(key, {
          issuedAt: kind === 'revoked' ? issuedAt : undefined,
          endsAt: clock.now() + endsIn,
          validated: kind === 'validated',
        })
        if (kind === 'active') answers.recordActive(about, { startedAt: now(), response: 'yes' })
        else answers.recordInactive(about, now())
        const missed = names.filter((name) => answers.isInactive(name) && !answers.mayBeInactive(token(name)))
        expect(missed).toStrictEqual([])
      }
      // Whoever fills every memory with others of one hint has driven out those of the other two.
      for (let i = 0; i <= 10; i++) {
        const other = `${'x'.repeat(3 * i)}abc`
        for (const more of [{}, { issuedAt: undefined, validated: true }, { issuedAt: undefined }]) {
          answers.recordInactive(token(other, more), now())
        }
      }
      expect([token('a'), token('aa')].map((about) => answers.mayBeInactive(about))).toStrictEqual([false, false])
    })
    fc.assert(check)
  })
})
