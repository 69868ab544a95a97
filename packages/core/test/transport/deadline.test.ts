import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startDeadline } from '../../src/transport/deadline.js'

describe('a deadline', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] })
    onTestFinished(() => void vi.useRealTimers())
  })

  it('counts down over all steps together', async () => {
    const deadline = startDeadline(100)
    expect(deadline.remaining()).toBe(100)
    await vi.advanceTimersByTimeAsync(60)
    expect(deadline.remaining()).toBe(40)
    await vi.advanceTimersByTimeAsync(60)
    expect(deadline.remaining()).toBe(0)
  })

  it('brings what the work brings', async () => {
    const deadline = startDeadline(100)
    await expect(deadline.within(Promise.resolve('done'))).resolves.toBe('done')
    await expect(deadline.within(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sets no timer for work that is done already', async () => {
    const deadline = startDeadline(100)
    const brought = [deadline.within(Promise.resolve('done')), deadline.within(Promise.resolve('done'))]
    await Promise.resolve()
    await Promise.resolve()
    expect(vi.getTimerCount()).toBe(0)
    await Promise.all(brought)
    const waiting = deadline.within(new Promise((resolve) => setTimeout(resolve, 50)))
    await Promise.resolve()
    expect(vi.getTimerCount()).toBe(2)
    await vi.advanceTimersByTimeAsync(50)
    await waiting
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives up on work that takes longer than what is left', async () => {
    const deadline = startDeadline(100)
    await vi.advanceTimersByTimeAsync(60)
    const given = vi.fn()
    const waiting = deadline.within(new Promise(() => {})).catch(given)
    await vi.advanceTimersByTimeAsync(39)
    expect(given).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await waiting
    expect(given).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'UpstreamError', code: 'timeout' }))
  })

  it('leaves nothing unhandled when the work fails after it was given up', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    let fail: (error: Error) => void = () => {}
    const waiting = startDeadline(10).within(new Promise((_, reject) => (fail = reject)))
    const given = expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    await vi.advanceTimersByTimeAsync(10)
    await given
    fail(new Error('late'))
    vi.useRealTimers()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(unhandled).not.toHaveBeenCalled()
  })
})
