import type { Duration } from '../duration.js'
import type { FakeClock } from '../fake-clock.js'
import type { EndpointControl, FaultOptions } from './endpoint-control.js'
import { ConnectionDropped, type FakeResponse } from './fake-server.js'
import { faultReader } from './fault-options.js'

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
  /** Throws once it has closed: a fault would meet nobody. */
  assertOpen(): void
}

const REDIRECTS = [301, 302, 303, 307, 308]

export function createFaults({ maker, dialect, clock, closing, assertOpen }: FaultSettings): Faults {
  const read = faultReader(maker, clock)
  let current: Fault | undefined
  let left = 0
  let end = Number.POSITIVE_INFINITY

  /** All is checked before: a fault that is refused leaves the one before in its place. */
  function begin(name: string, how: FaultOptions, fault: Fault): void {
    const span = read.span(name, how)
    assertOpen()
    end = span.end
    current = fault
    left = span.times
  }

  return {
    async apply(normally) {
      if (current === undefined || left <= 0 || clock.now() >= end) return normally()
      left -= 1
      return current(normally)
    },
    fail(how = {}, ...more: readonly unknown[]) {
      read.names('fail', how, ['status', 'error'], more)
      const { status = 503, error } = how
      read.status('fail', status, 300)
      if (error !== undefined) read.headerText('fail', 'error', error)
      const answer = dialect.refusal(status, error)
      // There is no 304 with a body.
      begin('fail', how, () => (status === 304 ? { ...answer, body: '' } : answer))
    },
    slow(by: Duration, how = {}, ...more: readonly unknown[]) {
      const delay = read.delay(by)
      read.names('slow', how, [], more)
      begin('slow', how, async (normally) => {
        const answer = normally()
        await wait(closing, delay)
        return answer
      })
    },
    hang(how = {}, ...more: readonly unknown[]) {
      read.names('hang', how, [], more)
      begin('hang', how, async (normally) => {
        await wait(closing)
        return normally()
      })
    },
    garbage(how = {}, ...more: readonly unknown[]) {
      read.names('garbage', how, ['body', 'contentType'], more)
      const { body = '{"active":tru', contentType = 'application/json' } = how
      read.text('garbage', 'body', body)
      read.headerText('garbage', 'contentType', contentType)
      const answer = { status: 200, headers: { 'content-type': contentType }, body }
      begin('garbage', how, () => answer)
    },
    redirect(how = {}, ...more: readonly unknown[]) {
      read.names('redirect', how, ['to', 'status'], more)
      const { to = 'https://redirected.invalid/', status = 307 } = how
      read.headerText('redirect', 'to', to)
      if (!REDIRECTS.includes(status)) {
        throw new TypeError(`${maker}: redirect takes a status of ${REDIRECTS.join(', ')}`)
      }
      begin('redirect', how, () => ({ status, headers: { location: to }, body: '' }))
    },
    oversize(how = {}, ...more: readonly unknown[]) {
      read.names('oversize', how, ['bytes'], more)
      const { bytes = 10_000_000 } = how
      read.bytes('oversize', bytes)
      begin('oversize', how, async (normally) => {
        const answer = await normally()
        return { ...answer, body: answer.body + ' '.repeat(Math.max(0, bytes - Buffer.byteLength(answer.body))) }
      })
    },
    drop(how = {}, ...more: readonly unknown[]) {
      read.names('drop', how, [], more)
      begin('drop', how, () => {
        throw new ConnectionDropped()
      })
    },
    throttle(how = {}, ...more: readonly unknown[]) {
      read.names('throttle', how, ['status'], more)
      const { status } = how
      if (status !== undefined) read.status('throttle', status, 400)
      begin('throttle', how, () => dialect.throttled(status))
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
