import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LiveFlights, readArrival } from '../../src/strategy/live-flights.js'
import { readInstant } from '../../src/transport/clock.js'
import { manualClock } from '../support/manual-clock.js'

/** A server of one token whose answers are given by hand. */
function setUp() {
  const clock = manualClock()
  const flights = new LiveFlights<string>(clock)
  const calls: { readonly at: number; land(answer: string): void; fail(): void }[] = []
  const ask = (maxLag = 0, key = 'token') =>
    flights.ask({
      key,
      arrival: readInstant(clock),
      maxLag,
      send: () =>
        new Promise((resolve, reject) => {
          calls.push({ at: clock.now(), land: resolve, fail: () => reject(new Error('down')) })
        }),
    })
  return { clock, flights, calls, ask }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('requests that need an answer as of now', () => {
  it('share one call when they come together', async () => {
    const { calls, ask, flights } = setUp()
    const asked = Promise.all(Array.from({ length: 1_000 }, () => ask()))
    await settle()
    expect(calls).toHaveLength(1)
    calls[0]?.land('yes')
    expect(new Set((await asked).map(({ answer }) => answer))).toStrictEqual(new Set(['yes']))
    expect(flights.size).toBe(0)
  })

  it('are never answered by a call that was sent before they came, and gather for the next', async () => {
    const { clock, calls, ask } = setUp()
    const first = ask()
    await settle()
    clock.advance(5)
    const later = [ask(), ask(), ask()]
    await settle()
    expect(calls).toHaveLength(1)
    calls[0]?.land('before')
    expect((await first).answer).toBe('before')
    await settle()
    expect(calls).toHaveLength(2)
    calls[1]?.land('after')
    expect((await Promise.all(later)).map(({ answer }) => answer)).toStrictEqual(['after', 'after', 'after'])
  })

  it('do not trust a call that was sent in the same tick', async () => {
    const { calls, ask } = setUp()
    void ask()
    await settle()
    const later = ask()
    calls[0]?.land('before')
    await settle()
    calls[1]?.land('after')
    expect((await later).answer).toBe('after')
  })

  it('wait for their own call although the one before it failed', async () => {
    const { clock, calls, ask } = setUp()
    const first = ask()
    await settle()
    clock.advance(5)
    const later = ask()
    calls[0]?.fail()
    await expect(first).rejects.toThrow('down')
    await settle()
    calls[1]?.land('after')
    expect((await later).answer).toBe('after')
  })
})

describe('requests that can do with an older answer', () => {
  it('join a call that was sent recently enough', async () => {
    const { clock, calls, ask } = setUp()
    void ask(10)
    await settle()
    clock.advance(9)
    const joined = ask(10)
    clock.advance(1)
    const tooLate = ask(10)
    await settle()
    calls[0]?.land('first')
    expect((await joined).answer).toBe('first')
    await settle()
    calls[1]?.land('second')
    expect((await tooLate).answer).toBe('second')
    expect(calls).toHaveLength(2)
  })

  it('make a call of their own when the one they joined fails', async () => {
    const { clock, calls, ask } = setUp()
    const first = ask(10)
    await settle()
    clock.advance(5)
    const joined = ask(10)
    await settle()
    calls[0]?.fail()
    await expect(first).rejects.toThrow('down')
    await settle()
    calls[1]?.land('second')
    expect((await joined).answer).toBe('second')
  })

  it('are told when a call of their own failed', async () => {
    const { calls, ask, flights } = setUp()
    const asked = ask(10)
    await settle()
    calls[0]?.fail()
    await expect(asked).rejects.toThrow('down')
    expect(flights.size).toBe(0)
  })

  it('count a wall clock that stepped back as no time saved', async () => {
    const { clock, calls, ask } = setUp()
    void ask(10)
    await settle()
    clock.advance(20)
    clock.stepWall(-20)
    void ask(10)
    calls[0]?.land('first')
    await settle()
    expect(calls).toHaveLength(2)
  })
})

it('calls for different tokens do not wait for each other', async () => {
  const { calls, ask } = setUp()
  void ask(0, 'a')
  void ask(0, 'b')
  await settle()
  expect(calls).toHaveLength(2)
})

it('over random schedules decides no request by a call sent too early, keeps to one call at a time, and ends', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), maxLag: fc.constantFrom(0, 3, 20) }),
    fc.record({ kind: fc.constant('pass' as const), by: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ kind: fc.constant('end' as const), fails: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const { clock, flights, calls, ask } = setUp()
      const asked: Promise<unknown>[] = []
      let ended = 0
      const end = (fails: boolean) => {
        const call = calls[ended]
        if (call === undefined) return
        ended += 1
        if (fails) call.fail()
        else call.land('answer')
      }
      for (const next of steps) {
        if (next.kind === 'pass') clock.advance(next.by)
        else if (next.kind === 'end') end(next.fails)
        else {
          const arrival = clock.now()
          asked.push(
            ask(next.maxLag).then(
              ({ startedAt }) => expect(arrival - startedAt.wall).toBeLessThanOrEqual(Math.max(0, next.maxLag - 1)),
              () => {},
            ),
          )
        }
        await settle()
        expect(calls.length - ended).toBeLessThanOrEqual(1)
      }
      while (ended < calls.length) {
        end(false)
        await settle()
      }
      await Promise.all(asked)
      expect(flights.size).toBe(0)
    }),
    { numRuns: 500 },
  )
})

describe('what is asked several times for one request', () => {
  it('is answered by the call that was sent for it, under way or landed', async () => {
    const { clock, flights, calls } = setUp()
    const arrival = readArrival(clock, { ofSeveral: true })
    const askFor = (of = arrival, key = 'token') =>
      flights.ask({
        key,
        arrival: of,
        maxLag: 0,
        send: () => new Promise((resolve) => calls.push({ at: clock.now(), land: resolve, fail: () => {} })),
      })
    const first = askFor()
    await settle()
    const second = askFor()
    calls[0]?.land('yes')
    clock.advance(1_000)
    expect([(await first).answer, (await second).answer, (await askFor()).answer]).toStrictEqual(['yes', 'yes', 'yes'])
    expect(calls).toHaveLength(1)
    void askFor({ ...arrival })
    void askFor(arrival, 'another token')
    await settle()
    expect(calls).toHaveLength(3)
  })
})
