import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createResourceServer, type ResourceServerOptions } from '@tokenward/core'
import { describe, expect, it } from 'vitest'
import { AttachedCaller } from '../src/guard/attached-caller.js'
import { Caller } from '../src/guard/caller.js'
import { optionsFor, ordersPool } from './support/orders-app.js'

describe('AttachedCaller', () => {
  it('is found behind the very object it was attached to, and behind no copy of it', async () => {
    const make = await callerMaker()
    const request = { url: '/orders' }
    const caller = make(request)
    AttachedCaller.attach(request, caller)
    expect(AttachedCaller.of(request)).toBe(caller)
    expect([{ ...request }, structuredClone(request), Object.create(request), {}].map(attached)).toStrictEqual(none(4))
  })

  it('leaves nothing on the object that others could see or write', async () => {
    const make = await callerMaker()
    const request = {}
    AttachedCaller.attach(request, make(request))
    expect(Reflect.ownKeys(request)).toStrictEqual([])
    expect(Object.getPrototypeOf(request)).toBe(Object.prototype)
  })

  it('is found behind an object that takes no further fields, whether it did so before or not', async () => {
    const make = await callerMaker()
    const frozen = Object.freeze({})
    const caller = make(frozen)
    AttachedCaller.attach(frozen, caller)
    expect(AttachedCaller.of(frozen)).toBe(caller)
    const request = {}
    AttachedCaller.attach(request, make(request))
    AttachedCaller.attach(Object.freeze(request), caller)
    expect(AttachedCaller.of(request)).toBe(caller)
  })

  it('takes the place of the one before', async () => {
    const make = await callerMaker()
    const connection = {}
    const caller = make(connection)
    AttachedCaller.attach(connection, make(connection))
    AttachedCaller.attach(connection, caller)
    expect(AttachedCaller.of(connection)).toBe(caller)
  })

  it('is behind nothing that is no object', () => {
    expect([undefined, null, 'amqp', 1].map(attached)).toStrictEqual(none(4))
  })

  it('lets requests go with the next minor garbage collection', async () => {
    const make = await callerMaker()
    const collect = minorCollector()
    const grown = Array.from({ length: 5 }, () => {
      const before = process.memoryUsage().heapUsed
      for (let count = 0; count < 400; count += 1) {
        const request = { body: Array.from({ length: 1_000 }, () => count) }
        AttachedCaller.attach(request, make(request))
      }
      collect()
      return process.memoryUsage().heapUsed - before
    })
    // Each time three megabytes of which nothing else holds any.
    expect(Math.min(...grown)).toBeLessThan(1_000_000)
  })
})

/** Callers hold the request they were made of, as those of the guard do. */
async function callerMaker(): Promise<(request: object) => Caller> {
  const server = createResourceServer(optionsFor(await ordersPool()) as ResourceServerOptions)
  return (request) =>
    new Caller({
      server,
      request: async () => request as never,
      source: undefined,
      staysOpen: false,
    })
}

function attached(object: unknown): Caller | undefined {
  return AttachedCaller.of(object)
}

function none(length: number): undefined[] {
  return Array.from({ length }, () => undefined)
}

function minorCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void
  return () => collect({ type: 'minor' })
}
