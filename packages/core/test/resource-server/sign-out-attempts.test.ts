import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UpstreamError } from '../../src/outcomes/errors.js'
import { startSignOutAttempts } from '../../src/resource-server/sign-out-attempts.js'
import { type ManualClock, manualClock } from '../support/manual-clock.js'
import { NOW } from '../support/revoked-tokens.js'

const down = new UpstreamError('server-error', 'down', { httpStatus: 503 })

let clock: ManualClock
beforeEach(() => {
  vi.useFakeTimers()
  clock = manualClock(NOW)
})
afterEach(() => vi.useRealTimers())

/** Moves timers and the clock together. */
async function pass(milliseconds: number): Promise<void> {
  clock.advance(milliseconds)
  await vi.advanceTimersByTimeAsync(milliseconds)
}

/** Attempts without jitter, and when each of them began. */
function start(tell: (attempt: number) => Promise<unknown>, random = () => 0) {
  const begun: number[] = []
  const attempts = startSignOutAttempts(
    () => {
      begun.push(clock.now() - NOW)
      return tell(begun.length)
    },
    clock,
    random,
  )
  return { ...attempts, begun }
}

describe('telling the authorization server', () => {
  it('ends with its confirmation, and says when the attempt was begun and when it was confirmed', async () => {
    const { answer, begun } = start(async () => clock.advance(40))
    expect(await answer).toStrictEqual({ confirmed: true, startedAt: NOW, confirmedAt: NOW + 40 })
    await pass(3_600_000)
    expect(begun).toStrictEqual([0])
  })

  it('is done again after growing pauses until it confirms', async () => {
    const { answer, begun, lastFailure } = start(async (attempt) => {
      if (attempt < 6) throw down
    })
    expect(lastFailure()).toStrictEqual({ reason: 'timeout', httpStatus: undefined })
    for (let waited = 0; waited < 10_000; waited += 250) await pass(250)
    expect(begun).toStrictEqual([0, 250, 750, 1_750, 3_750, 7_750])
    expect(await answer).toMatchObject({ confirmed: true, startedAt: NOW + 7_750 })
    expect(lastFailure()).toStrictEqual({ reason: 'server-error', httpStatus: 503 })
  })

  it('is jittered, so that a fleet does not come back in step', async () => {
    const { begun } = start(
      () => Promise.reject(down),
      () => 1,
    )
    await pass(125)
    expect(begun).toStrictEqual([0, 125])
  })

  it('waits as long as the server asks, within reason', async () => {
    const patient = start(() => Promise.reject(new UpstreamError('throttled', 'fewer', { retryAfter: 30 })))
    await pass(29_000)
    expect(patient.begun).toHaveLength(1)
    await pass(1_000)
    expect(patient.begun).toHaveLength(2)
    const told = start(() => Promise.reject(new UpstreamError('throttled', 'fewer', { retryAfter: 999_999 })))
    await pass(300_000)
    expect(told.begun).toHaveLength(2)
  })

  it('ends after twenty attempts', async () => {
    const { answer, begun } = start(() => Promise.reject(down))
    // The clock stands still, so that no time is up.
    await vi.advanceTimersByTimeAsync(86_400_000)
    expect(begun).toHaveLength(20)
    expect(await answer).toStrictEqual({ confirmed: false, reason: 'server-error', httpStatus: 503 })
  })

  it('ends after an hour, however few attempts that was', async () => {
    const { answer, begun } = start(() => Promise.reject(down))
    await vi.advanceTimersByTimeAsync(249)
    clock.advance(3_600_000)
    await vi.advanceTimersByTimeAsync(1)
    expect(begun).toHaveLength(2)
    expect(await answer).toMatchObject({ confirmed: false })
  })

  it.each([
    ['rejected credentials', new UpstreamError('client-rejected', 'x', { httpStatus: 401 })],
    ['a token of the wrong type', new UpstreamError('token-type-not-supported', 'x', { httpStatus: 400 })],
    ['another refusal', new UpstreamError('unexpected-status', 'x', { httpStatus: 403 })],
    ['a closed server', new UpstreamError('closed', 'x')],
  ])('is not done again after %s', async (_, error) => {
    const { answer, begun } = start(() => Promise.reject(error))
    expect(await answer).toStrictEqual({ confirmed: false, reason: error.code, httpStatus: error.httpStatus })
    await pass(3_600_000)
    expect(begun).toHaveLength(1)
  })

  it.each([
    ['no connection', new UpstreamError('connection-failed', 'x')],
    ['a time-out', new UpstreamError('timeout', 'x')],
    ['a status that asks for patience', new UpstreamError('unexpected-status', 'x', { httpStatus: 408 })],
    ['a status that is no answer', new UpstreamError('unexpected-status', 'x', { httpStatus: 204 })],
    ['what the application throws', new Error('secret')],
  ])('is done again after %s', async (_, error) => {
    const { begun } = start(() => Promise.reject(error))
    await pass(250)
    expect(begun).toHaveLength(2)
  })

  it('says no more of an error of the application than that there was one', async () => {
    const { lastFailure } = start(() => {
      throw new Error('secret')
    })
    await pass(0)
    expect(lastFailure()).toStrictEqual({ reason: 'tell-failed', httpStatus: undefined })
  })
})

describe('an attempt that does not come to an end', () => {
  it('is given up after 30 seconds, and the next is made', async () => {
    const { begun, lastFailure } = start(() => new Promise(() => {}))
    await pass(30_000)
    expect(lastFailure().reason).toBe('timeout')
    await pass(250)
    expect(begun).toStrictEqual([0, 30_250])
  })

  it('still counts when it succeeds late', async () => {
    let succeed = () => {}
    const { answer, begun } = start(() => new Promise<void>((resolve) => (succeed = resolve)))
    await pass(30_000)
    succeed()
    expect(await answer).toStrictEqual({ confirmed: true, startedAt: NOW, confirmedAt: NOW + 30_000 })
    await pass(3_600_000)
    expect(begun).toHaveLength(1)
  })

  it('does not count when it fails late: the next is under way', async () => {
    const fail: ((error: unknown) => void)[] = []
    const { begun, lastFailure } = start(() => new Promise((_, reject) => fail.push(reject)))
    await pass(30_000)
    await pass(250)
    fail[0]?.(down)
    await pass(20_000)
    expect(begun).toHaveLength(2)
    expect(lastFailure().reason).toBe('timeout')
  })
})

describe('stopping', () => {
  it('ends the attempts with the last failure, or with what is given', async () => {
    const one = start(() => Promise.reject(down))
    const other = start(() => Promise.reject(down))
    await pass(0)
    one.stop()
    other.stop({ reason: 'closed', httpStatus: undefined })
    await pass(3_600_000)
    expect(one.begun).toHaveLength(1)
    expect(await one.answer).toMatchObject({ confirmed: false, reason: 'server-error' })
    expect(await other.answer).toStrictEqual({ confirmed: false, reason: 'closed', httpStatus: undefined })
  })

  it('holds for an attempt under way', async () => {
    let fail: (error: unknown) => void = () => {}
    const { answer, begun, stop } = start(() => new Promise((_, reject) => (fail = reject)))
    stop()
    fail(down)
    await pass(3_600_000)
    expect(begun).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
    expect(await answer).toMatchObject({ reason: 'timeout' })
  })
})
