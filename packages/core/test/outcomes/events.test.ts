import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { emitTo, type TokenwardEvent } from '../../src/outcomes/events.js'

const event: TokenwardEvent = { type: 'jwks-refreshed', at: 0, issuer: 'https://a.example', keys: 1 }

it('hands events to the observer', () => {
  const onEvent = vi.fn()
  emitTo(onEvent)(event)
  expect(onEvent).toHaveBeenCalledExactlyOnceWith(event)
})

it('drops what an observer throws or rejects with', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  emitTo(() => {
    throw new Error('from the observer')
  })(event)
  emitTo(() => Promise.reject(new Error('from the observer')))(event)
  emitTo(() => runInNewContext('Promise.reject(new Error("of another realm"))'))(event)
  emitTo(undefined)(event)
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})
