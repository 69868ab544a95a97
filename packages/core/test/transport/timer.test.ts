import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { callAfter, nextTurn } from '../../src/transport/timer.js'

const DAY = 86_400_000

function holdTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('a timer', () => {
  it('calls back once, when its time has come', () => {
    holdTime()
    const callBack = vi.fn()
    callAfter(1_000, callBack)
    vi.advanceTimersByTime(999)
    expect(callBack).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    vi.advanceTimersByTime(DAY)
    expect(callBack).toHaveBeenCalledTimes(1)
  })

  it('waits longer than the platform can: a token may live for months', () => {
    holdTime()
    const callBack = vi.fn()
    callAfter(100 * DAY, callBack)
    vi.advanceTimersByTime(100 * DAY - 1)
    expect(callBack).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callBack).toHaveBeenCalledTimes(1)
  })

  it.each([0, -1, -Infinity])('calls back at once, yet not before the caller goes on, after %d', (milliseconds) => {
    holdTime()
    const callBack = vi.fn()
    callAfter(milliseconds, callBack)
    expect(callBack).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callBack).toHaveBeenCalledTimes(1)
  })

  it.each([1_000, 100 * DAY])('that was cancelled calls nobody, also after %d', (milliseconds) => {
    holdTime()
    const callBack = vi.fn()
    const cancel = callAfter(milliseconds, callBack)
    vi.advanceTimersByTime(milliseconds / 2)
    cancel()
    cancel()
    vi.advanceTimersByTime(milliseconds)
    expect(callBack).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps no process alive', () => {
    const made = vi.spyOn(globalThis, 'setTimeout')
    onTestFinished(() => made.mockRestore())
    const cancel = callAfter(DAY, () => {})
    onTestFinished(cancel)
    const timers = made.mock.results.map(({ value }) => value as NodeJS.Timeout)
    expect(timers.map((timer) => timer.hasRef())).toStrictEqual([false])
  })

  it('is one of a platform whose timers are numbers', () => {
    const callBacks: (() => void)[] = []
    const made = vi
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation(((callBack: () => void) => callBacks.push(callBack)) as never)
    onTestFinished(() => made.mockRestore())
    const callBack = vi.fn()
    callAfter(10, callBack)
    callBacks[0]?.()
    expect(callBack).toHaveBeenCalledTimes(1)
  })
})

describe('the next turn', () => {
  it('comes after whoever is ready by now, and not only after promises', async () => {
    const order: string[] = []
    const others = new Promise<void>((resolve) =>
      setImmediate(() => {
        order.push('others')
        resolve()
      }),
    )
    const own = nextTurn().then(() => order.push('own'))
    await Promise.resolve().then(() => order.push('promises'))
    await Promise.all([others, own])
    expect(order).toStrictEqual(['promises', 'others', 'own'])
  })

  it('comes although a test has stopped time', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    await expect(nextTurn()).resolves.toBeUndefined()
  })
})
