import { type Duration, milliseconds } from '../duration.js'
import type { FakeClock } from '../fake-clock.js'
import { refuseUnknown } from '../known-names.js'
import type { EndpointControl, FaultOptions } from './endpoint-control.js'
import { ConnectionDropped, type FakeResponse } from './fake-server.js'

/** How an endpoint words refusals. */
export interface Dialect {
  refusal(status: number, error?: string): FakeResponse
  throttled(status?: number): FakeResponse
}

/** Takes the place of an endpoint's way to answer, which it may still use. */
type Fault = (normally: NormalAnswer) => FakeResponse | Promise<FakeResponse>

/** What an endpoint answers by itself. It is decided when it is called, whenever it arrives. */
export type NormalAnswer = () => FakeResponse | Promise<FakeResponse>

export interface Faults extends Omit<EndpointControl, 'url' | 'hits' | 'requests'> {
  /** Answers through the fault of the moment, if there is one. */
  apply(normally: NormalAnswer): Promise<FakeResponse>
}

export interface FaultSettings {
  readonly maker: string
  readonly dialect: Dialect
  readonly clock: FakeClock
  /** Aborted when the fake closes: nothing waits longer. */
  readonly closing: AbortSignal
}

const REDIRECTS = [301, 302, 303, 307, 308]

export function createFaults({ maker, dialect, clock, closing }: FaultSettings): Faults {
  let current: Fault | undefined
  let left = 0
  let end = Number.POSITIVE_INFINITY

  function begin(name: string, how: FaultOptions, known: readonly string[], fault: Fault): void {
    refuseUnknown(maker, name, how, [...known, 'times', 'until'])
    const { times = Number.POSITIVE_INFINITY, until } = how
    if (!(times >= 1)) throw new TypeError(`${maker}: ${name} takes times of one or more`)
    end = until === undefined ? Number.POSITIVE_INFINITY : instantOf(until)
    if (Number.isNaN(end)) throw new TypeError(`${maker}: ${name} takes until as a valid Date, or a duration`)
    current = fault
    left = times
  }

  function instantOf(until: Date | Duration): number {
    return until instanceof Date ? until.getTime() : clock.now() + milliseconds(maker, 'until', until)
  }

  function checkStatus(name: string, status: number, from: number): void {
    if (!Number.isInteger(status) || status < from || status > 599) {
      throw new TypeError(`${maker}: ${name} takes a status from ${from} to 599`)
    }
  }

  return {
    async apply(normally) {
      if (current === undefined || left <= 0 || clock.now() >= end) return normally()
      left -= 1
      return current(normally)
    },
    fail(how = {}) {
      const { status = 503, error } = how
      checkStatus('fail', status, 300)
      const answer = dialect.refusal(status, error)
      // There is no 304 with a body.
      begin('fail', how, ['status', 'error'], () => (status === 304 ? { ...answer, body: '' } : answer))
    },
    slow(by: Duration, how = {}) {
      const delay = milliseconds(maker, 'slow', by)
      begin('slow', how, [], async (normally) => {
        const answer = normally()
        await wait(closing, delay)
        return answer
      })
    },
    hang(how = {}) {
      begin('hang', how, [], async (normally) => {
        await wait(closing)
        return normally()
      })
    },
    garbage(how = {}) {
      const { body = '{"active":tru', contentType = 'application/json' } = how
      const answer = { status: 200, headers: { 'content-type': contentType }, body }
      begin('garbage', how, ['body', 'contentType'], () => answer)
    },
    redirect(how = {}) {
      const { to = 'https://redirected.invalid/', status = 307 } = how
      if (!REDIRECTS.includes(status)) {
        throw new TypeError(`${maker}: redirect takes a status of ${REDIRECTS.join(', ')}`)
      }
      begin('redirect', how, ['to', 'status'], () => ({ status, headers: { location: to }, body: '' }))
    },
    oversize(how = {}) {
      const { bytes = 10_000_000 } = how
      begin('oversize', how, ['bytes'], async (normally) => {
        const answer = await normally()
        return { ...answer, body: answer.body + ' '.repeat(Math.max(0, bytes - Buffer.byteLength(answer.body))) }
      })
    },
    drop(how = {}) {
      begin('drop', how, [], () => {
        throw new ConnectionDropped()
      })
    },
    throttle(how = {}) {
      const { status } = how
      if (status !== undefined) checkStatus('throttle', status, 400)
      begin('throttle', how, ['status'], () => dialect.throttled(status))
    },
    recover() {
      current = undefined
    },
  }
}

/** Waits, without a delay for ever. Closing the fake drops what waits. */
function wait(closing: AbortSignal, delay?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = delay === undefined ? undefined : setTimeout(done, delay)
    function done(): void {
      closing.removeEventListener('abort', drop)
      resolve()
    }
    function drop(): void {
      clearTimeout(timer)
      reject(new ConnectionDropped())
    }
    if (closing.aborted) drop()
    else closing.addEventListener('abort', drop, { once: true })
  })
}
