import { setMaxListeners } from 'node:events'
import type { FakeClock } from '../fake-clock.js'
import type { EndpointControl, RecordedRequest } from './endpoint-control.js'
import type { FakeRequest, FakeResponse } from './fake-server.js'
import { createFaults, type Dialect, type NormalAnswer } from './faults.js'

/** An endpoint with its control. */
export interface Endpoint {
  readonly control: EndpointControl
  /** Counts and records the request, and answers it unless a fault does. */
  answer(request: FakeRequest, normally: NormalAnswer): Promise<FakeResponse>
}

/** Makes the endpoints of one fake. An address that may change is asked for when it is needed. */
export type EndpointMaker = (url: string | (() => string), dialect: Dialect) => Endpoint

const REMEMBERED = 1_000

/** How long an endpoint lives: as long as its fake. */
export interface EndpointLife {
  readonly closing: AbortSignal
  assertOpen(): void
}

export function endpointMaker(maker: string, clock: FakeClock, { closing, assertOpen }: EndpointLife): EndpointMaker {
  // Every request that waits listens for the end.
  setMaxListeners(0, closing)
  return (url, dialect) => {
    const { apply, ...faults } = createFaults({ maker, dialect, clock, closing, assertOpen })
    let hits = 0
    let requests: readonly RecordedRequest[] = []
    return {
      control: {
        get url() {
          return typeof url === 'string' ? url : url()
        },
        get hits() {
          return hits
        },
        get requests() {
          return requests
        },
        ...faults,
      },
      answer(request, normally) {
        hits += 1
        requests = [...requests.slice(1 - REMEMBERED), recorded(request, clock.now())]
        return apply(normally)
      },
    }
  }
}

function recorded({ method, url, headers, body }: FakeRequest, at: number): RecordedRequest {
  return { at, method, url: url.href, headers: Object.fromEntries(headers), body }
}
